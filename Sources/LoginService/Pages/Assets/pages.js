// Comfort only: every page works without it.
// A code that is pasted may have spaces in it; a code that is complete has the button in focus.
for (const input of document.querySelectorAll("input[data-code]")) {
  input.addEventListener("paste", (event) => {
    const text = (event.clipboardData.getData("text") || "").trim();
    if (!/^[0-9][0-9 ]*$/.test(text)) return;
    event.preventDefault();
    input.value = text.replaceAll(" ", "");
    input.dispatchEvent(new Event("input"));
  });
  input.addEventListener("input", () => {
    if (/^[0-9]{6}$/.test(input.value)) input.form.querySelector("button[type=submit]").focus();
  });
}
