/* Keys, chosen counts and small comforts of staff pages; every action works without this file. Matched by event.code, so
   that any keyboard layout will do. */
(() => {
  const one = (where, what) => where && where.querySelector(what);
  const typing = (el) => el.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll("tbody.row")];
  let here = null; // id of the present row: the row itself is replaced by every answer

  const current = () => (here && document.getElementById(here)) || null;
  const go = (step) => {
    const all = rows(), at = all.indexOf(current()), next = all[Math.max(0, Math.min(all.length - 1, at + step))];
    if (!next) return;
    here = next.id;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
  const press = (what) => {
    const target = one(current() || document.activeElement.closest("tbody.row"), what);
    if (target) target.click();
    return Boolean(target);
  };
  const tell = (words) => { const said = one(document, "#toast"); if (said) said.textContent = words || ""; };
  const keys = {
    KeyJ: () => go(1), KeyK: () => go(-1), KeyE: () => press("[data-tick]"), KeyZ: () => press("[data-undo]"),
    KeyS: () => press("[data-snooze]") || tell(document.body.dataset.noSnooze), KeyN: () => press("[data-note]"),
    Slash: (event) => (event.shiftKey ? toggle("keys-help") : (document.getElementById("find") || document.body).focus()),
  };
  for (const n of [1, 2, 3, 4]) {
    keys["Digit" + n] = () => { const all = document.querySelectorAll("[data-results] button[value]:not([value=''])"); if (all[n - 1]) all[n - 1].click(); };
  }
  const toggle = (id) => { const box = document.getElementById(id); if (box) box.togglePopover(); };

  document.addEventListener("keydown", (event) => {
    if (event.code === "Escape" && !typing(event.target)) press("[data-fold]");
    if (event.code === "Escape") for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
    if (document.body.dataset.keys === "off" || !rows().length || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const act = keys[event.code];
    if (!act) return;
    event.preventDefault();
    tell("");
    act(event);
  });
  document.addEventListener("focusin", (event) => { const row = event.target.closest("tbody.row"); if (row) here = row.id; });
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
    if (event.target.closest("[data-print]")) window.print();
    if (event.target.closest("[data-all]")) {
      const boxes = [...document.querySelectorAll(".row input[name=trip]")], on = boxes.some((box) => !box.checked);
      event.preventDefault();
      for (const box of boxes) box.checked = on;
      count();
    }
  });

  const count = () => { const out = one(document, "[data-picked]"); if (out) out.textContent = document.querySelectorAll(".row input[name=trip]:checked").length; };
  document.addEventListener("change", count);

  // What was typed survives a lost session or a lost line until it is saved.
  const keep = (el) => "kept:" + location.pathname + ":" + el.id;
  document.addEventListener("input", (event) => { if (event.target.matches("[data-keep]")) sessionStorage.setItem(keep(event.target), event.target.value); });
  document.addEventListener("submit", (event) => { for (const el of event.target.querySelectorAll("[data-keep]")) el.dataset.sent = "yes"; });
  const settle = (root) => {
    for (const el of root.querySelectorAll("[data-keep]")) { const text = sessionStorage.getItem(keep(el)); if (text && !el.value) el.value = text; }
    const focus = one(root, "[data-focus]");
    if (focus) focus.focus();
    count();
  };
  document.addEventListener("htmx:after:swap", (event) => {
    const row = current(), status = event.detail && event.detail.ctx && event.detail.ctx.response && event.detail.ctx.response.status;
    if (status < 300) for (const key of Object.keys(sessionStorage)) if (key.startsWith("kept:") && !document.getElementById(key.split(":").pop())) sessionStorage.removeItem(key);
    settle(row || document);
    // The button that was pressed may be gone: the row keeps the focus, so that keys and Tab go on from here.
    if (row && document.activeElement === document.body) (one(row, "[data-undo], [data-fold], [data-tick]") || row).focus();
    if (row && one(row, ".script")) for (const fold of document.querySelectorAll("tbody.row [data-fold]")) if (!row.contains(fold)) fold.click();
  });
  document.addEventListener("htmx:error", (event) => {
    const row = event.target.closest && event.target.closest("tbody.row");
    tell(document.body.dataset.lost);
    if (row) row.classList.add("is-lost");
  });
  document.addEventListener("DOMContentLoaded", () => settle(document));
})();
