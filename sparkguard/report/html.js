const form = document.getElementById("filter");
const findings = [...document.querySelectorAll("article")];

function show() {
  const words = form.querySelector("[type=search]").value.toLowerCase().split(/\s+/);
  const codes = new Set([...form.querySelectorAll(":checked")].map((box) => box.value));
  for (const finding of findings) {
    const text = finding.textContent.toLowerCase();
    const chosen = !finding.dataset.code || codes.has(finding.dataset.code);
    const wanted = chosen && words.every((word) => text.includes(word));
    finding.hidden = !wanted;
  }
  const shown = findings.filter((finding) => !finding.hidden).length;
  form.querySelector("output").value = `${shown} of ${findings.length} shown`;
}

if (form) {
  form.hidden = false;
  form.querySelector("[type=search]").value = decodeURIComponent(location.hash.slice(1));
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  show();
}
