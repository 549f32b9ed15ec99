/* The form of a plan's step: what was typed outlives a lost session, a lost line and a closed tab until it is kept on the server. */
(() => {
  const done = document.querySelectorAll("[data-forget]"), form = document.getElementById("plan-step");
  done.forEach((el) => localStorage.removeItem(el.dataset.forget));
  if (!form) return;
  const fields = [...form.querySelectorAll("input, select")].filter((el) => el.name && el.type !== "hidden");
  const said = (el) => (el.type === "checkbox" ? String(el.checked) : el.value.trim());
  const put = (el, value) => { if (el.type === "checkbox") el.checked = value === "true"; else el.value = value; };
  const key = form.dataset.key, now = () => JSON.stringify(fields.map(said));
  const start = now(), kept = localStorage.getItem(key);
  form.addEventListener("input", () => localStorage.setItem(key, now()));
  form.addEventListener("submit", () => localStorage.setItem(key, now()));
  if (kept === start && "saved" in form.dataset) localStorage.removeItem(key);
  if (!kept || kept === start) return;
  const box = document.createElement("div"), text = document.createElement("span");
  box.className = "note note--yellow";
  box.setAttribute("role", "status");
  text.textContent = form.dataset.keptSaid + " ";
  box.append(text);
  for (const [words, act] of [[form.dataset.keptTake, true], [form.dataset.keptDrop, false]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    button.textContent = words;
    button.addEventListener("click", () => {
      if (act) JSON.parse(kept).forEach((value, i) => { if (fields[i]) put(fields[i], value); });
      else localStorage.removeItem(key);
      box.remove();
      fields[0].focus();
    });
    box.append(button, " ");
  }
  // A field is called "before", too, and would answer in its place.
  Element.prototype.before.call(form, box);
})();
