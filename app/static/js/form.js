// Forms: the summary of errors, unsaved changes, passwords, dropped files.
const summary = document.querySelector("[data-summary]");
summary?.focus();
summary?.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  const target = link && document.getElementById(link.hash.slice(1));
  if (!target) return;
  event.preventDefault();
  target.closest("details")?.setAttribute("open", "");
  target.focus();
});

// Leaving with unsaved changes asks first
const watched = document.querySelector("[data-unsaved]");
if (watched) {
  let changed = Boolean(summary);
  watched.addEventListener("input", () => {
    changed = true;
  });
  watched.addEventListener("submit", () => {
    changed = false;
  });
  addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}

// Showing a password
for (const button of document.querySelectorAll("[data-show]")) {
  const input = document.getElementById(button.dataset.show);
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.setAttribute("aria-label", shown ? button.dataset.textShow : button.dataset.textHide);
    button.setAttribute("aria-pressed", String(!shown));
    input.focus();
  });
}

// How good a new password is; the server judges again
const COMMON = /^(.*)(password|passw0rd|qwerty|asdf|abc123|letmein|admin|welcome|iloveyou|woaini|5201314|123456|654321|111111|888888|666666)(.*)$/i;

function judge(value, minimum, name) {
  if ([...value].length < minimum) return ["short", 1];
  if (name.length > 2 && value.toLowerCase().includes(name.toLowerCase())) return ["name", 1];
  if (new Set(value).size < Math.min(8, minimum / 2) || /(.)\1{3,}/.test(value)) return ["repeats", 1];
  const common = COMMON.exec(value);
  if (common && (common[1] + common[3]).length < 8) return ["common", 1];
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^\w\s]/, /[^\x00-\x7f]/].filter((kind) => kind.test(value)).length;
  return value.length + 2 * kinds >= minimum + 8 ? ["strong", 4] : ["fair", 3];
}

const setting = document.querySelector("[data-password]");
if (setting) {
  const [password, repeat] = [setting.elements.password, setting.elements.repeat];
  const meter = setting.querySelector("meter");
  const minimum = Number(setting.dataset.password);
  setting.addEventListener("input", () => {
    const [word, score] = judge(password.value, minimum, setting.elements.username.value);
    const missing = minimum - [...password.value].length;
    meter.hidden = !password.value;
    meter.value = score;
    setting.querySelector("[data-strength]").textContent = password.value ? setting.dataset[word].replace("{n}", missing) : "";
    const differs = repeat.value && repeat.value !== password.value;
    setting.querySelector("[data-repeat]").textContent = differs ? setting.dataset.differs : "";
  });
}

// A file dropped on its field
for (const zone of document.querySelectorAll("[data-drop]")) {
  const input = zone.querySelector("input[type=file]");
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    input.files = event.dataTransfer.files;
  });
}
