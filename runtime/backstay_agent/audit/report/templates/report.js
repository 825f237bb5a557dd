"use strict";
(() => {
  const tools = document.getElementById("tools");
  for (const link of document.querySelectorAll(".heat a")) {
    link.addEventListener("click", () => {
      document.getElementById("search").value = "";
      document.getElementById("account").value = link.dataset.account;
      tools.dispatchEvent(new Event("input"));
    });
  }
})();
