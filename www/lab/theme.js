// The colours: the system's, or the visitor's choice. A classic script, so that it runs before the first paint.
(() => {
  const CHOICES = ["system", "light", "dark"];
  const KEY = "auth-lab-theme";
  const root = document.documentElement;

  /** Storage may be forbidden: the choice then lasts as long as the page. */
  function stored() {
    try {
      const choice = localStorage.getItem(KEY);
      return CHOICES.includes(choice) ? choice : "system";
    } catch {
      return "system";
    }
  }

  function store(choice) {
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      // As above.
    }
  }

  let choice = stored();
  root.dataset.theme = choice;

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    const show = () => {
      root.dataset.theme = choice;
      button.textContent = `Theme: ${choice}`;
    };
    show();
    button.hidden = false;
    button.addEventListener("click", () => {
      choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
      store(choice);
      show();
      document.getElementById("announce").textContent = button.textContent;
    });
  });
})();
