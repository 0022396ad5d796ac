// Brings a teacher's choice back to the platform.
document.getElementById("answer").submit();
