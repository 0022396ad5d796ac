// The time zone of a new course: what the browser is set to, where nobody has said another.

for (const field of document.querySelectorAll("[data-guess]")) {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  if (timeZone && field.value === field.defaultValue) field.value = timeZone;
}
