// Asks the worker; what goes wrong there is thrown here, with its words.

export async function ask(type, message = {}) {
  const { value, error } = await chrome.runtime.sendMessage({ type, ...message });
  if (error) throw Object.assign(new Error(error.words), { reason: error.reason });
  return value;
}
