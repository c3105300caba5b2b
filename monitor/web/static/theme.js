// Dark or light: as the page's address says, else as the browser wishes.

const light = matchMedia("(prefers-color-scheme: light)");

// `wanted` is "dark", "light", or null for whatever the browser wishes.
export function followTheme(wanted) {
  const apply = () => {
    document.documentElement.dataset.theme = wanted ?? (light.matches ? "light" : "dark");
  };
  apply();
  light.addEventListener("change", apply);
}
