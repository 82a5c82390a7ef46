// Writing an issue with a script: the preview follows what is typed, and blocks are dragged. Without one, buttons do both.
(() => {
  "use strict";

  const form = document.querySelector("[data-compose]");
  if (!form) return;
  form.classList.add("scripted");
  const list = form.querySelector("[data-blocks]");
  const again = form.querySelector("[data-look-again]");
  const blocks = () => [...list.querySelectorAll("[data-block]")];

  // --- The preview ---
  const PAUSE = 700;
  let waiting = 0;
  // A picture that was chosen shows once it is kept: sending it each time would be slow.
  const look = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const files = [...form.querySelectorAll("input[type=file]")];
      for (const file of files) file.disabled = true;
      form.requestSubmit(again);
      for (const file of files) file.disabled = false;
    }, PAUSE);
  };
  form.addEventListener("input", look);
  // What waits must not go off while the page itself is being kept.
  form.addEventListener("submit", () => clearTimeout(waiting));

  // --- Leaving ---
  // A link leads away from what was typed: the browser asks first. Looking at it keeps nothing, and every other button does.
  let unsaved = "unsaved" in form.dataset;
  const typed = (event) => {
    if (!event.target.closest("[data-look]")) unsaved = true;
  };
  form.addEventListener("input", typed);
  form.addEventListener("submit", (event) => {
    if (event.submitter !== again) unsaved = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });

  // --- The order ---
  const tell = (block) => {
    const all = blocks();
    const told = document.getElementById("told");
    if (told) told.textContent = form.dataset.moved.replace("{n}", all.indexOf(block) + 1).replace("{all}", all.length);
  };
  const number = () => {
    const all = blocks();
    all.forEach((block, place) => {
      block.querySelector("input[name$=-order]").value = place;
      block.querySelector("[data-up]").disabled = place === 0;
      block.querySelector("[data-down]").disabled = place === all.length - 1;
    });
  };
  const settle = (block) => {
    unsaved = true;
    number();
    tell(block);
    look();
  };

  // The buttons move a block at once, and keep the focus; the order is kept with the rest.
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-up], [data-down]");
    if (!button) return;
    event.preventDefault();
    const block = button.closest("[data-block]");
    const isUp = "up" in button.dataset;
    const other = isUp ? block.previousElementSibling : block.nextElementSibling;
    if (!other) return;
    if (isUp) other.before(block);
    else other.after(block);
    settle(block);
    (button.disabled ? block.querySelector(isUp ? "[data-down]" : "[data-up]") : button).focus();
  });

  // Dragging by mouse, pen or finger.
  let dragged = null;
  list.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip) return;
    event.preventDefault();
    dragged = grip.closest("[data-block]");
    dragged.classList.add("block-moves");
    list.setPointerCapture(event.pointerId);
  });
  list.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    const under = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-block]");
    if (!under || under === dragged || !list.contains(under)) return;
    const box = under.getBoundingClientRect();
    if (event.clientY < box.top + box.height / 2) under.before(dragged);
    else under.after(dragged);
  });
  const drop = () => {
    if (!dragged) return;
    dragged.classList.remove("block-moves");
    settle(dragged);
    dragged = null;
  };
  list.addEventListener("pointerup", drop);
  list.addEventListener("pointercancel", drop);
})();
