// The frame: drawer, menus, search key, theme, single submission, messages about lost connections.
const root = document.documentElement;
const body = document.body;

// Drawer of the navigation on narrow screens
const side = document.getElementById("nav");
const opener = document.querySelector("[data-drawer-open]");

function drawer(open) {
  side.classList.toggle("open", open);
  document.querySelector(".stage").inert = open;
  opener.setAttribute("aria-expanded", String(open));
  (open ? side.querySelector("a") : opener).focus();
}

if (side && opener) {
  opener.setAttribute("role", "button");
  opener.setAttribute("aria-expanded", "false");
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    drawer(true);
  });
  for (const closer of document.querySelectorAll("[data-drawer-close]")) {
    closer.addEventListener("click", (event) => {
      event.preventDefault();
      drawer(false);
    });
  }
  const current = side.querySelector("[aria-current]");
  if (current && current.offsetTop > side.clientHeight) side.scrollTop = current.offsetTop - side.clientHeight / 2;
}

// Menus are native disclosures: close them on Escape, outside clicks and when focus leaves
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("focusin", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    if (side?.classList.contains("open")) return drawer(false);
    const menu = document.activeElement?.closest("details[data-menu][open]");
    if (menu && !event.defaultPrevented) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    return;
  }
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const find = document.querySelector("[data-find]");
    if (find) {
      event.preventDefault();
      find.focus();
      find.select();
    }
  }
});

// Theme
const toggle = document.querySelector("[data-theme-toggle]");
if (toggle) {
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("theme", root.dataset.bsTheme);
    } catch {
      // storage is refused: the choice lasts for this page
    }
  });
}

// Way back on error pages
const back = document.querySelector("[data-back]");
if (back && history.length > 1) {
  back.hidden = false;
  back.addEventListener("click", () => history.back());
}

// A text is copied by its button; where the browser refuses, it is selected for the keyboard
for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    source.select();
    try {
      await navigator.clipboard.writeText(source.value);
      tell(button.dataset.copied, "ok");
    } catch {
      source.focus();
    }
  });
}

// A form marked data-once is sent once; coming back by the browser's button frees it again
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]") || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
});

// Requests that failed say so; a session that ended leads to the sign-in page
export function tell(text, state = "bad") {
  const note = document.createElement("div");
  note.className = `notice is-${state}`;
  const line = document.createElement("p");
  line.textContent = text;
  note.append(line);
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), 8000);
}

body.addEventListener("htmx:sendError", () => tell(body.dataset.offline));
body.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status === 401) location.reload();
  else tell(body.dataset.failed);
});
