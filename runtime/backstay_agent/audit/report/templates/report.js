"use strict";
(() => {
  const tools = document.getElementById("tools");
  if (!tools) return;
  const search = document.getElementById("search");
  const account = document.getElementById("account");
  const shown = document.getElementById("shown");
  const groups = [...document.querySelectorAll("#findings .group")].filter((group) => group.id);
  const rows = groups.flatMap((group) =>
    [...group.querySelectorAll("tbody tr")].map((row) => ({ row, group, text: `${group.id} ${row.textContent}`.toLowerCase() })));

  const total = rows.reduce((sum, { row }) => sum + Number(row.dataset.count), 0);
  const wasOpen = new Map(groups.map((group) => [group, group.querySelector("details").open]));

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const left = new Set();
    let count = 0;
    for (const { row, group, text } of rows) {
      const fits = words.every((word) => text.includes(word)) && (!account.value || row.dataset.account === account.value);
      row.hidden = !fits;
      if (fits) { left.add(group); count += Number(row.dataset.count); }
    }
    const narrowed = words.length > 0 || account.value !== "";
    for (const group of groups) {
      const box = group.querySelector("details");
      group.hidden = !left.has(group);
      if (narrowed && !group.hidden) box.open = true;
      if (!narrowed) box.open = wasOpen.get(group);
    }
    shown.textContent = narrowed ? `${count} of ${total} findings` : `${total} findings`;
  };

  const sort = (head, column) => {
    const body = head.closest("table").tBodies[0];
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = (row) => row.cells[column].textContent.trim();
    const sorted = [...body.rows].sort((a, b) => key(a).localeCompare(key(b), "en", { numeric: true }) * (down ? -1 : 1));
    body.append(...sorted);
  };

  for (const table of document.querySelectorAll("table.rows")) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      button.addEventListener("click", () => sort(head, column));
      head.replaceChildren(button);
    });
  }
  for (const link of document.querySelectorAll(".heat a")) {
    link.addEventListener("click", () => { search.value = ""; account.value = link.dataset.account; filter(); });
  }
  tools.addEventListener("submit", (event) => event.preventDefault());
  tools.addEventListener("input", filter);
  tools.addEventListener("reset", () => setTimeout(filter));
  tools.hidden = false;
  filter();
})();
