// Light, dark, or as the system has it; remembered by the browser.

const KEY = "reperform-theme";
const ORDER = ["system", "light", "dark"];

export function startTheme(button) {
  show(button, localStorage.getItem(KEY) ?? "system");
  button.addEventListener("click", () => {
    const now = document.documentElement.dataset.theme ?? "system";
    show(button, ORDER[(ORDER.indexOf(now) + 1) % ORDER.length]);
  });
}

function show(button, theme) {
  document.documentElement.dataset.theme = theme;
  localStorage.setItem(KEY, theme);
  const name = theme === "system" ? "as the system" : theme;
  button.setAttribute("aria-label", `Light and dark: ${name}`);
  button.title = `Light and dark: ${name}`;
  window.dispatchEvent(new Event("themechange"));
}
