/* Keys, chosen counts and small comforts of staff pages; every action works without this file. Matched by event.code, so
   that any keyboard layout will do. */
(() => {
  const one = (where, what) => where && where.querySelector(what);
  const typing = (el) => el.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll("tbody.row")];
  let here = null; // id of the present row: the row itself is replaced by every answer

  // On a phone the bar and tabs are wider than the screen: what one is on comes into view.
  for (const line of document.querySelectorAll(".nav, .tabs")) {
    const at = one(line, ":scope > :is([aria-current], .is-current)");
    if (at && line.scrollWidth > line.clientWidth) line.scrollLeft = at.offsetLeft - line.offsetLeft - (line.clientWidth - at.offsetWidth) / 2;
  }

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

  // What was typed survives a lost session or a lost line until it is saved: under the address its form goes to, which is
  // the same on the page that refuses it.
  const keep = (el) => "kept:" + (el.form?.getAttribute("action") || location.pathname) + ":" + el.id;
  const kept = (root) => [...root.querySelectorAll("[data-keep]")].map(keep), forget = (keys) => { for (const key of keys) sessionStorage.removeItem(key); };
  let shown = []; // keys of the fields that stand on the page
  document.addEventListener("input", (event) => { if (event.target.matches("[data-keep]")) sessionStorage.setItem(keep(event.target), event.target.value); });
  document.addEventListener("submit", (event) => { if (kept(event.target).length) sessionStorage.setItem("sent", JSON.stringify(kept(event.target))); });
  const settle = (root) => {
    for (const el of root.querySelectorAll("[data-keep]")) { const text = sessionStorage.getItem(keep(el)); if (text && !el.value) el.value = text; }
    const focus = one(root, "[data-focus]");
    // Once: parts that come later leave the focus where the person has taken it.
    if (focus) { focus.focus(); focus.removeAttribute("data-focus"); }
    shown = kept(document);
    count();
  };
  document.addEventListener("htmx:after:swap", (event) => {
    const row = current(), from = event.detail?.ctx?.sourceEvent?.target, status = event.detail && event.detail.ctx && event.detail.ctx.response && event.detail.ctx.response.status;
    if (status < 300) {
      const left = kept(document), done = from?.matches?.("form") ? kept(from) : [];
      forget([...done, ...shown.filter((key) => !left.includes(key))]);
      if (done.length) sessionStorage.removeItem("sent");
    }
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
  document.addEventListener("DOMContentLoaded", () => {
    // A page that says that something was done has what was sent; every other one has not.
    if (one(document, ".flashes .note--green")) forget(JSON.parse(sessionStorage.getItem("sent") || "[]"));
    sessionStorage.removeItem("sent");
    settle(document);
  });
})();
