/* What was typed into a form outlives a lost session, a lost line and a closed tab until it is kept on the server. The form
   tells under which key, and the words of the offer to take it back, in its data; `read` and `put` know its fields. */
const keepWords = (form, fields, { read, put, taken }) => {
  const key = form.dataset.key, now = () => JSON.stringify(fields.map(read));
  const start = now(), kept = localStorage.getItem(key);
  for (const kind of ["input", "submit"]) {
    form.addEventListener(kind, (event) => { if (kind === "submit" || fields.includes(event.target)) localStorage.setItem(key, now()); });
  }
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
      taken(act);
    });
    box.append(button, " ");
  }
  // A field may be called "before", and would answer in its place.
  Element.prototype.before.call(form, box);
};
