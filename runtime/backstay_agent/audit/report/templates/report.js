"use strict";
(() => {
  const tools = document.getElementById("tools");
  const source = document.getElementById("data");
  const table = document.getElementById("map");
  const CHUNK = 60;
  let kept;
  const data = () => (kept ??= JSON.parse(source.textContent));

  const narrow = (account) => {
    if (!tools) return;
    const choice = document.getElementById("account");
    const listed = [...choice.options].some((one) => one.value === account);
    choice.value = listed ? account : "";
    document.getElementById("search").value = listed ? "" : account;
    tools.dispatchEvent(new Event("input"));
  };
  table?.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-account]");
    if (link) narrow(link.dataset.account);
  });
  if (!source) return;

  const made = (name, text, kind) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (kind) element.className = kind;
    return element;
  };
  const silent = (text) => {
    const element = made("span", text);
    element.setAttribute("aria-hidden", "true");
    return element;
  };
  const spelt = (number) => number.toLocaleString("en");

  const drawn = (name, members) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(members)) element.setAttribute(key, value);
    return element;
  };
  const bar = (having, planned, total) => {
    const part = (kind, x, share) => drawn("rect", { class: kind, x: 200 * x / total, width: 200 * share / total, height: 10 });
    const drawing = drawn("svg", { class: "bar", viewBox: "0 0 200 10", preserveAspectRatio: "none", "aria-hidden": "true" });
    drawing.append(part("bar-none", 0, total), part("bar-planned", having, planned), part("bar-having", 0, having));
    return drawing;
  };
  const covered = (having, planned, total) => {
    if (!total) return "no resources";
    const rest = [[planned, "planned"], [total - having - planned, "unprotected"]].filter(([number]) => number);
    return [`${spelt(having)} of ${spelt(total)} backed up`, ...rest.map(([number, what]) => `${spelt(number)} ${what}`)].join(", ");
  };
  const leaf = ([id, name, having, planned, total, failing, unread]) => {
    const line = made("li", undefined, "line");
    const title = made("span", `${name} `, "name");
    title.append(made("code", id, "soft"));
    line.append(title);
    if (unread) { line.append(made("span", `? not readable: ${unread}`, "unread warn")); return line; }
    const count = made("span", failing ? undefined : "no findings", `count ${failing ? "bad" : "soft"}`);
    if (failing) count.append(silent("✗"), ` ${spelt(failing)} finding${failing === 1 ? "" : "s"}`);
    line.append(total ? bar(having, planned, total) : made("span", undefined, "bar"), made("span", covered(having, planned, total), "told"), count);
    return line;
  };
  const fill = (list) => {
    if (list.childElementCount) return;
    const { accounts } = data();
    const start = accounts.findIndex((one) => one[0] === list.dataset.leaves);
    list.append(...accounts.slice(start, start + Number(list.dataset.count)).map(leaf));
  };
  const unfold = (unit) => unit.querySelectorAll(":scope > ul[data-leaves]").forEach(fill);
  for (const unit of document.querySelectorAll("details.unit")) {
    unit.addEventListener("toggle", () => { if (unit.open) unfold(unit); });
    if (unit.open) unfold(unit);
  }

  const finder = document.getElementById("finder");
  if (!finder) return;
  const controls = [...table.tHead.rows[0].cells].slice(1).map((one) => one.dataset.control);
  const body = table.tBodies[0];
  const first = [...body.rows];
  const find = document.getElementById("find");
  const more = document.getElementById("further");
  const left = document.getElementById("left-out");
  const said = document.getElementById("drawn");
  let shown = 0;

  const cell = (account, control, counts) => {
    const place = made("td", undefined, "none");
    const [bad, unknown, total] = counts ?? [0, 0, 0];
    const told = bad ? `${bad} of ${total} fail` : unknown ? `${unknown} of ${total} could not be judged`
      : total ? `all ${total} hold` : "nothing to judge";
    place.title = told;
    if (bad) {
      place.className = `fail shade${Math.ceil(4 * bad / total)}`;
      const link = made("a", `✗ ${bad}`);
      link.href = `#group-${control}`;
      link.dataset.account = account;
      link.setAttribute("aria-label", told);
      place.append(link);
      return place;
    }
    if (total) place.className = unknown ? "unknown" : "hold";
    place.append(silent(unknown ? `? ${unknown}` : total ? "✓" : "–"), made("span", told, "spoken"));
    return place;
  };
  const row = ([number, ...cells]) => {
    const [id, name] = data().accounts[number];
    const found = new Map(cells.map((one) => data().cells[one]).map(([control, ...counts]) => [control, counts]));
    const line = made("tr");
    const head = made("th", name);
    head.scope = "row";
    line.append(head, ...controls.map((control, index) => cell(id, control, found.get(index))));
    return line;
  };
  const say = (all) => {
    said.textContent = `${spelt(body.rows.length)} of ${spelt(all)} accounts`;
    more.hidden = find.value.trim() !== "" || shown >= data().heat.length;
    left.hidden = find.value.trim() !== "" || more.hidden;
  };
  const further = () => {
    body.append(...data().heat.slice(shown, shown + CHUNK).map(row));
    shown = Math.min(shown + CHUNK, data().heat.length);
    left.textContent = `${spelt(data().heat.length - shown)} more accounts.`;
    say(first.length + data().heat.length);
  };
  const look = () => {
    const words = find.value.trim().toLowerCase();
    const fits = (id, name) => name.toLowerCase().includes(words) || id.includes(words);
    shown = 0;
    if (!words) {
      body.replaceChildren(...first);
      say(first.length + data().heat.length);
      return;
    }
    const named = first.filter((line) => fits(line.dataset.account, line.cells[0].textContent));
    const others = data().heat.filter(([number]) => fits(...data().accounts[number]));
    body.replaceChildren(...named, ...others.slice(0, CHUNK).map(row));
    say(named.length + others.length);
  };
  more.addEventListener("click", further);
  find.addEventListener("input", look);
  finder.addEventListener("submit", (event) => event.preventDefault());
  finder.hidden = false;
})();
