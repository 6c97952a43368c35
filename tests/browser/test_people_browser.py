"""Signing in, making a token and signing out in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.serving import served
from tests.fakes import opened

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("javascript", [True, False])
def test_sign_in_make_a_token_and_sign_out(browser: Browser, tmp_path: Path, javascript: bool):
    with opened(tmp_path / "home") as lessonry:
        text = lessonry.corpus.accounts.create_token("Grace", ["admin"])[1]
        with served(lessonry) as address:
            context = browser.new_context(base_url=address, java_script_enabled=javascript)
            page = context.new_page()
            page.goto("/settings")
            expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
            page.get_by_label("Your token").fill("lessonry_wrong")
            page.keyboard.press("Enter")
            expect(page.get_by_role("alert")).to_contain_text("not known here")
            page.get_by_label("Your token").fill(text)
            page.keyboard.press("Enter")
            expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
            page.get_by_label("For whom").fill("ci")
            page.get_by_label("ingest").check()
            page.get_by_role("button", name="Make the token").click()
            made = page.get_by_label("The new token").input_value()
            assert lessonry.corpus.accounts.admit(made).name == "ci"
            page.get_by_role("button", name="of ci").first.click()
            expect(page.get_by_text("revoked", exact=True)).to_be_visible()
            page.locator(".menu summary").click()
            page.get_by_role("button", name="Sign out Grace").click()
            expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
            page.goto("/documents")
            expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
            context.close()
