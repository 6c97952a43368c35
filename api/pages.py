"""The web pages, rendered on the server. Being written."""

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
