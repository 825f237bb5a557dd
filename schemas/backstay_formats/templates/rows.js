"use strict";
(() => {
  const tools = document.getElementById("tools");
  if (!tools) return;
  const search = document.getElementById("search");
  const account = document.getElementById("account");
  const shown = document.getElementById("shown");
  const noun = tools.dataset.noun;
  const groups = [...document.querySelectorAll("[data-rows] .group[id]")];
  const rows = groups.flatMap((group) => [...group.querySelectorAll("tbody tr[data-count]")].map((row) =>
    ({ row, group, accounts: row.dataset.account?.split(" "), text: `${group.id} ${row.textContent}`.toLowerCase() })));

  const total = rows.reduce((sum, { row }) => sum + Number(row.dataset.count), 0);
  const box = (group) => group.querySelector("details.fold");
  const wasOpen = new Map(groups.map((group) => [group, box(group)?.open]));

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const left = new Set();
    let count = 0;
    for (const { row, group, accounts, text } of rows) {
      const there = !account.value || !accounts || accounts.includes(account.value);
      const fits = there && words.every((word) => text.includes(word));
      row.hidden = !fits;
      if (fits) { left.add(group); count += Number(row.dataset.count); }
    }
    const narrowed = words.length > 0 || account.value !== "";
    for (const group of groups) {
      group.hidden = narrowed && !left.has(group);
      if (box(group)) box(group).open = narrowed ? !group.hidden : wasOpen.get(group);
    }
    shown.textContent = narrowed ? `${count} of ${total} ${noun}` : `${total} ${noun}`;
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
  tools.addEventListener("submit", (event) => event.preventDefault());
  tools.addEventListener("input", filter);
  tools.addEventListener("reset", () => setTimeout(filter));
  tools.hidden = false;
  filter();
})();
