// What a page can do better with a script. Every page works without it.
(() => {
  "use strict";

  // The list of what a form still needs is read first.
  const toSummary = (root) => root.querySelector("[data-focus]")?.focus();

  // A second press of the same button does nothing; the form's key makes it harmless anyway.
  const markBusy = (event) => {
    const form = event.target;
    // A preview in a frame leaves the page as it is.
    if (event.defaultPrevented || form.method !== "post" || event.submitter?.formTarget) return;
    if (form.dataset.busy) {
      event.preventDefault();
      return;
    }
    form.dataset.busy = "true";
    event.submitter?.setAttribute("aria-busy", "true");
  };

  // Back in the browser's history shows the page as it was left: not busy any more.
  const unmark = () => {
    for (const form of document.querySelectorAll("form[data-busy]")) delete form.dataset.busy;
    for (const button of document.querySelectorAll("[aria-busy=true]")) button.removeAttribute("aria-busy");
  };

  const copy = async (button) => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const told = document.getElementById("told");
    if (told) told.textContent = button.dataset.copied ?? "";
  };

  // A file that is too large does not go: refusing it would cost all that was typed beside it.
  const letGoOfLarge = (input) => {
    input.parentElement.querySelector("[data-let-go]")?.remove();
    if (![...input.files].some((file) => file.size > Number(input.dataset.mostBytes))) return;
    input.value = "";
    const told = document.createElement("p");
    told.className = "error";
    told.setAttribute("role", "alert");
    told.dataset.letGo = "";
    told.textContent = input.dataset.tooLarge;
    input.before(told);
  };

  // A review by keyboard. The digits work in the group of verdicts only: elsewhere they are typed (WCAG 2.1.4).
  const pressKey = (event) => {
    const form = event.target.closest?.("form[data-keys]");
    if (!form) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-next]"));
    } else if (event.target.type === "radio" && /^\d$/.test(event.key)) {
      const chosen = form.querySelectorAll(`[name="${CSS.escape(event.target.name)}"]`)[Number(event.key)];
      chosen?.click();
      chosen?.focus();
    }
  };

  // Where nothing has the focus yet, the verdict has it; asked once more when all is there.
  const toVerdict = () => {
    if (document.activeElement !== document.body) return;
    document.querySelector("form[data-keys] [type=radio]:checked")?.focus();
  };

  document.addEventListener("keydown", pressKey);
  document.addEventListener("submit", markBusy);
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-most-bytes]")) letGoOfLarge(event.target);
  });
  window.addEventListener("pageshow", unmark);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (button) copy(button);
    if (event.target.closest?.("[data-print]")) window.print();
  });
  document.addEventListener("htmx:afterSwap", (event) => toSummary(event.detail.elt));
  toSummary(document);
  toVerdict();
  window.addEventListener("pageshow", toVerdict);
})();
