// Searched pickers (WAI-ARIA combobox with a list): type, arrows, Enter, Escape; works in content that arrives later.
const WAIT = 180; // ms of quiet before a search

const parts = (box) => ({
  input: box.querySelector("[role=combobox]"),
  list: box.querySelector("[role=listbox]"),
  status: box.querySelector("[data-picker-status]"),
  clear: box.querySelector("[data-picker-clear]"),
  id: box.querySelector("input[type=hidden]:not([name$='__was'])"),
  was: box.querySelector("input[name$='__was']"),
});

const options = (list) => [...list.querySelectorAll("[role=option]")];

function close(box) {
  const { input, list } = parts(box);
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function mark(box, option) {
  const { input, list } = parts(box);
  for (const other of options(list)) other.setAttribute("aria-selected", String(other === option));
  if (!option) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function show(box, html) {
  const { input, list, status } = parts(box);
  list.innerHTML = html;
  const found = options(list);
  found.forEach((option, n) => {
    option.id = `${list.id}-${n}`;
  });
  list.hidden = false;
  input.setAttribute("aria-expanded", "true");
  status.textContent = found.length ? box.dataset.count.replace("{n}", found.length) : box.dataset.none;
  mark(box, input.value ? found[0] : null);
}

async function search(box) {
  const { input, status } = parts(box);
  box.asked?.abort();
  box.asked = new AbortController();
  status.textContent = box.dataset.loading;
  const url = new URL(box.dataset.lookup, location.href);
  url.searchParams.set("q", input.value === parts(box).was.value ? "" : input.value);
  try {
    const answer = await fetch(url, { signal: box.asked.signal, headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error(answer.statusText);
    show(box, await answer.text());
  } catch (error) {
    if (error.name === "AbortError") return;
    close(box);
    status.textContent = box.dataset.failed;
  }
}

function put(box, value, text) {
  const { input, id, was, clear } = parts(box);
  id.value = value;
  was.value = text;
  input.value = text;
  clear.hidden = !text;
  close(box);
  id.dispatchEvent(new Event("change", { bubbles: true }));
  input.dispatchEvent(new Event("input", { bubbles: true }));
  clearTimeout(box.timer);
}

const boxOf = (event) => event.target.closest?.("[data-picker]");

document.addEventListener("input", (event) => {
  const box = boxOf(event);
  if (!box || !event.isTrusted || !event.target.matches("[role=combobox]")) return;
  parts(box).clear.hidden = !event.target.value;
  clearTimeout(box.timer);
  box.timer = setTimeout(() => search(box), WAIT);
});

document.addEventListener("keydown", (event) => {
  const box = boxOf(event);
  if (!box || !event.target.matches("[role=combobox]") || event.isComposing || event.target.readOnly) return;
  const { list } = parts(box);
  const found = options(list);
  const at = found.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (list.hidden) return search(box);
    const step = event.key === "ArrowDown" ? 1 : -1;
    mark(box, found[(at + step + found.length) % found.length]);
  } else if (event.key === "Enter" && !list.hidden && found[at]) {
    event.preventDefault();
    put(box, found[at].dataset.value, found[at].dataset.text);
  } else if (event.key === "Escape" && !list.hidden) {
    event.preventDefault();
    close(box);
  }
});

// Keep the focus in the input while an option is pressed
document.addEventListener("mousedown", (event) => {
  if (event.target.closest("[data-picker] [role=listbox]")) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const box = boxOf(event);
  if (!box) return;
  const option = event.target.closest("[role=option]");
  if (option) return put(box, option.dataset.value, option.dataset.text);
  if (event.target.closest("[data-picker-clear]")) {
    put(box, "", "");
    return parts(box).input.focus();
  }
  if (event.target.matches("[role=combobox]:not([readonly])") && parts(box).list.hidden) search(box);
});

document.addEventListener("focusout", (event) => {
  const box = boxOf(event);
  if (box && !box.contains(event.relatedTarget)) close(box);
});
