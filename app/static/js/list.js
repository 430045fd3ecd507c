// Lists: ticked rows and the bar that acts on them; the form that adds a condition.
const form = document.querySelector("[data-bulk]");

function recount() {
  const boxes = [...form.querySelectorAll('input[name="id"]')];
  const ticked = boxes.filter((box) => box.checked).length;
  const all = form.querySelector("[data-tick-all]");
  all.checked = ticked > 0 && ticked === boxes.length;
  all.indeterminate = ticked > 0 && ticked < boxes.length;
  form.classList.toggle("ticked", ticked > 0);
  form.querySelector("[data-bulk-count]").textContent = form.dataset.selected.replace("{n}", ticked);
}

if (form) {
  let last = null;
  form.addEventListener("click", (event) => {
    const box = event.target.closest('input[name="id"]');
    if (!box) return;
    const boxes = [...form.querySelectorAll('input[name="id"]')];
    if (event.shiftKey && last) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
    }
    last = box;
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-tick-all]")) {
      for (const box of form.querySelectorAll('input[name="id"]')) box.checked = event.target.checked;
    }
    recount();
  });
  form.addEventListener("reset", () => setTimeout(recount));
  addEventListener("pageshow", recount);
}

function valueless() {
  const operation = document.querySelector("[data-condition-op]");
  const value = document.querySelector("[data-condition-value]");
  if (!operation || !value) return;
  const none = operation.selectedOptions[0]?.hasAttribute("data-valueless") ?? false;
  value.hidden = none;
  for (const control of value.querySelectorAll("input, select, textarea")) control.disabled = none;
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-condition-op]")) valueless();
});
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "condition") return;
  valueless();
  document.getElementById("c-op")?.focus();
});
valueless();
