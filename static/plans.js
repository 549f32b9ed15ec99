/* The form of a plan's step: words that were not kept come back. */
(() => {
  const done = document.querySelectorAll("[data-forget]"), form = document.getElementById("plan-step");
  done.forEach((el) => localStorage.removeItem(el.dataset.forget));
  if (!form) return;
  const fields = [...form.querySelectorAll("input, select")].filter((el) => el.name && el.type !== "hidden");
  keepWords(form, fields, {
    read: (el) => (el.type === "checkbox" ? String(el.checked) : el.value.trim()),
    put: (el, value) => { if (el.type === "checkbox") el.checked = value === "true"; else el.value = value; },
    taken: () => fields[0].focus(),
  });
})();
