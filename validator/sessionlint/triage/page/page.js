"use strict";
(() => {
  // Text of a payload comes from the data and goes into text nodes and attributes' values, nowhere else.
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = (selector, root = document) => root.querySelector(selector);
  const NONE = "none found";
  const ROWS = 50;
  const WHO = 8;
  const FEW_BARS = 12;
  const THIN = 1.5;
  const MEANING = {
    host: "the user's computer",
    wireless: "Wi-Fi, between the computer and its access point",
    "local network": "up to the gateway, and the gateway itself",
    provider: "the path from the gateway to the target's network",
    target: "the target's network and server",
    page: "the page, or the server that makes it",
    [NONE]: "no sign of trouble, or only weak ones",
  };

  function el(name, properties, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(properties || {})) {
      if (value === undefined || value === null || value === false) continue;
      if (key === "class") node.className = value;
      else if (key === "on") for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
      else node.setAttribute(key, value === true ? "" : value);
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
    return node;
  }

  // Numbers for people.

  const HUGE = 1e15;
  const grouped = new Intl.NumberFormat("en-US");
  // All digits of a number that no measurement gives would fill the page.
  const exact = { format: (number) => (Math.abs(number) < HUGE ? grouped.format(number) : number.toExponential(1)) };
  const many = (number, noun) => `${exact.format(number)} ${noun}${number === 1 ? "" : "s"}`;
  const short = (number) => (Math.abs(number) >= 100 ? Math.round(number) : Math.round(number * 10) / 10);
  const isNumber = (value) => typeof value === "number";
  const milliseconds = (value) => (isNumber(value) ? `${exact.format(short(value))} ms` : null);
  const duration = (value) => (value >= 1000 ? `${exact.format(short(value / 1000))} s` : milliseconds(value));
  const percent = (value) => (isNumber(value) ? `${short(100 * value)} %` : null);
  const gigabytes = (value) => (isNumber(value) ? `${short(value / 2 ** 30)} GiB` : null);
  const decibels = (value, unit) => (isNumber(value) ? `${String(short(value)).replace("-", "−")} ${unit}` : null);
  const share = (part, whole) => (whole ? `${short((100 * part) / whole)} %` : "");

  // Sessions: lists whose places `SessionRecord` names.

  function ping(figures) {
    if (!figures) return {};
    const [sent, received, least, average, greatest, deviation, error] = figures;
    const lost = isNumber(sent) && isNumber(received) && sent > 0 ? Math.max(0, sent - received) : null;
    return { sent, lost, share: lost === null ? null : lost / sent, least, average, greatest, deviation, error };
  }

  function session(row, index) {
    const [
      address, id, agent, date, site, organization, location, browser, verdict, confidence, signs, others, change, findings, causes,
      score, pings, gatewayPings, connect, blocked, hardware, wireless, shares, bytes, destination, traceError, hops, visited, errors, jump,
    ] = row;
    const [signal, noise, quality, channel, mode, network, rate] = wireless || [];
    const cpu = shares || [];
    const memory = bytes || [];
    const pages = (visited || []).filter(Boolean);
    return {
      index, address, id, agent, date, site, organization, location, browser, verdict, confidence,
      signs: signs.map(([rule, pointer, message]) => ({ rule, pointer, message })),
      others, change, findings, causes, score,
      ping: ping(pings), gateway: ping(gatewayPings), connect, blocked, hardware,
      signal, noise, quality, channel, mode, network, rate,
      cpu: { least: cpu[0], mean: cpu[1], greatest: cpu[2] },
      memory: { least: memory[0], mean: memory[1], greatest: memory[2], total: memory[3] },
      destination, traceError, hops: hops || [],
      pages: pages.map(([title, start, code, content, load]) => ({ title, start, code, content, load })),
      slowest: pages.reduce((most, page) => (isNumber(page[4]) && page[4] > most ? page[4] : most), -1),
      errors: (errors || []).filter(Boolean), jump,
      broken: findings[0] + findings[1] + findings[2],
    };
  }

  const sessions = data.sessions.map(session);
  // As DIA007 has it: of pings, or else of TCP.
  const roundTrip = (each) => (isNumber(each.ping.average) ? each.ping.average : each.connect);
  const isAiling = (each) => each.verdict !== null && each.verdict !== NONE;
  const isSure = (each) => each.confidence === "most likely";
  const isConnected = (each) => !each.errors.some((error) => /^\s*connect\s*:/i.test(error));
  const isGood = (each) => each.verdict === NONE && !each.signs.length && isConnected(each);
  const tag = (part, isUnsure) => el("span", { class: `tag ${part.replaceAll(" ", "-")}${isUnsure ? " unsure" : ""}`, title: MEANING[part] }, part);
  const signNames = new Map(data.signs.map(([rule, name]) => [rule, name]));
  const nameOf = (rule) => signNames.get(rule) ?? "";

  // A link to all sessions that are alike in one thing: a name by its place among all, a part, a bar or a cause likewise.

  const NAMED = ["agent", "site", "organization", "location"];
  const names = [...new Set(sessions.flatMap((each) => NAMED.map((kind) => each[kind])))].filter((name) => name !== null);
  const places = new Map(names.map((name, place) => [name, place]));
  const picks = (kind, place, ...words) => el("a", { href: `#${kind}=${place}` }, ...words);
  const nameLink = (kind, name) => (places.has(name) ? picks(kind, places.get(name), name) : name);

  // What is picked, in words, and whether a session is.
  function picked(kind, place) {
    if (kind === "verdict") return place in data.parts ? [[data.parts[place]], (each) => each.verdict === data.parts[place]] : null;
    if (kind === "time") {
      const start = data.time?.bars[place]?.[0];
      return start ? [[bar_name(start)], (each) => each.date?.startsWith(start)] : null;
    }
    if (kind === "cause") return place in data.causes ? [causeName(data.causes[place]), isOf(data.causes[place])] : null;
    return NAMED.includes(kind) && place in names ? [[`${kind === "organization" ? "provider" : kind} ${names[place]}`], (each) => each[kind] === names[place]] : null;
  }

  const causeName = ([, rule, name, pointer]) => [`${rule} ${name} `, el("code", {}, pointer || "(the capture)")];
  const isOf = (cause) => (each) => each.causes.includes(cause.at(-1));
  const bar_name = (start) => start + (start.length === 13 ? ":00" : "");

  // Tables: head and rows of cells, each cell text or a node; on a narrow screen a cell has its column's heading.

  function fill(table, columns, rows) {
    const head = el("thead", {}, el("tr", {}, columns.map((column) =>
      el("th", { scope: "col", class: column.number && "number", "aria-sort": column.sorted }, column.head || column.label))));
    const body = el("tbody", {}, rows.map(({ cells, ...properties }) => el("tr", properties, cells.map((cell, at) => {
      const column = columns[at];
      const name = column.heading ? "th" : "td";
      const labelled = { "data-label": column.label, class: [column.number && "number", column.class].filter(Boolean).join(" ") || null };
      return el(name, column.heading ? { ...labelled, scope: "row" } : labelled, cell);
    }))));
    table.replaceChildren(head, body);
  }

  const list = (pairs) => pairs.filter(([, value]) => value).map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]).flat();

  // The overview.

  function overview() {
    $("#overview-title").append(data.headline, data.days && ", ", el("span", { class: "whole" }, data.days));
    $("#told").textContent = [...data.told.filter(Boolean), data.redacted && "values of payloads are left out"].filter(Boolean).join("; ");
    $("#tiles").append(...data.tiles.map(([name, figure]) => el("div", {}, el("dt", {}, name), el("dd", {}, figure))));
    $("#contents").append(...list(data.contents));
    if (data.unreadable.length) {
      $("#unreadable").hidden = false;
      $("#unreadable ul").append(...data.unreadable.map(([rule, name, captures, example, message]) =>
        el("li", {}, el("b", {}, `${rule} ${name}`), ` ${many(captures, "capture")}`, el("br"), message, el("br"), el("code", { class: "soft" }, example))), data.moreUnreadable && el("li", {}, data.moreUnreadable));
    }
    const total = data.verdicts.reduce((sum, [, number]) => sum + number, 0);
    const ailing = data.verdicts.filter(([part]) => part !== NONE);
    const figure = $("#verdicts");
    if (!data.verdicts.length) figure.hidden = true;
    else {
      const none = data.verdicts.find(([part]) => part === NONE);
      const without = data.total - total; // cut off, or not checked
      const said = [none && `${exact.format(none[1])} of ${many(total, "session")} (${share(none[1], total)}): none found`, without && `${exact.format(without)} without a verdict`];
      $("p", figure).textContent = said.filter(Boolean).join("; ");
      table(figure, ["verdict", "sessions", "share", "agents"], data.verdicts.map(([part, number, agents]) => [picks("verdict", data.parts.indexOf(part), tag(part)), exact.format(number), share(number, total), agents]));
      if (data.signs.length) {
        $("details", figure).append(el("h3", {}, "Signs"));
        table(figure, ["rule", "sign", "sessions"], data.signs.map(([rule, name, number]) => [rule, name, exact.format(number)]));
      }
    }
    $("#where").hidden = !data.where.length;
    $("#where h2").textContent = data.whereHeading;
    $("#where dl").append(...list(data.where.map(([part, found]) => [picks("verdict", data.parts.indexOf(part), tag(part)), found.map(concentration)])));
    if (!data.time) $("#time").hidden = true;
    else {
      const unit = data.time.unit;
      $("#time p").textContent = `${data.time.days}, by ${unit} (UTC)${data.time.others ? `; ${many(data.time.others, "session")} of other times not drawn` : ""}`;
      table($("#time"), [unit, "sessions", "ailing"], data.time.bars.map(([start, counts], at) => {
        const sum = counts.reduce((a, b) => a + b, 0);
        const bad = counts.slice(0, data.parts.length - 1).reduce((a, b) => a + b, 0);
        return [picks("time", at, bar_name(start)), exact.format(sum), exact.format(bad)];
      }));
    }
    return () => {
      const told = ailing.length ? ailing : data.verdicts;
      if (told.length) draw($("#verdicts .picture"), (width) => bars(told, width));
      if (data.time) draw($("#time .picture"), timeline);
    };
  }

  function concentration([kind, found, number, of]) {
    const field = { provider: "organization", place: "location" }[kind] ?? kind;
    const named = (value) => (NAMED.includes(field) ? nameLink(field, value) : value);
    const values = found.flatMap((value, at) => [at && (at < found.length - 1 ? ", " : " and "), el("bdi", {}, named(value))]);
    return el("div", {}, `${kind} `, values.filter(Boolean), ` (${exact.format(number)} of ${exact.format(of)})`);
  }

  function table(figure, heads, rows) {
    const made = el("table");
    fill(made, heads.map((label, at) => ({ label, heading: at === 0, number: at > 0 && typeof rows[0]?.[at] === "string" && /^[\d,.]+( %)?$/.test(rows[0][at]) })), rows.map((cells) => ({ cells })));
    $("details", figure).append(made);
  }

  // Who was ailing: agents, sites, providers or places with the most ailing sessions.

  function who() {
    const kinds = [["agent", "agent"], ["site", "site"], ["organization", "provider"], ["location", "place"]]
      .filter(([kind]) => sessions.some((each) => each[kind] !== null && isAiling(each)));
    if (!kinds.length) {
      $("#who").hidden = true;
      return;
    }
    $("#by").append(...kinds.map(([kind, name]) => el("option", { value: kind }, name)));
    $("#by").addEventListener("change", fill_who);
    fill_who();
  }

  function fill_who() {
    const kind = $("#by").value;
    const groups = d3.groups(sessions.filter((each) => each[kind] !== null), (each) => each[kind])
      .map(([name, all]) => ({ name, all: all.length, parts: d3.rollup(all.filter(isAiling), (some) => some.length, (each) => each.verdict) }))
      .map((group) => ({ ...group, ailing: d3.sum(group.parts.values()) }))
      .filter((group) => group.ailing);
    groups.sort((one, other) => other.ailing - one.ailing || one.all - other.all);
    const most = Math.max(...groups.map((group) => group.ailing));
    const shown = groups.slice(0, WHO);
    const stack = (group) => el("span", { class: "stacked", "aria-hidden": "true" }, data.parts.filter((part) => group.parts.has(part)).map((part) => {
      const piece = el("i", { class: part.replaceAll(" ", "-"), title: `${part} ${group.parts.get(part)}` });
      piece.style.width = `${(100 * group.parts.get(part)) / most}%`;
      return piece;
    }));
    const said = (group) => data.parts.filter((part) => group.parts.has(part)).map((part) => `${part} ${exact.format(group.parts.get(part))}`).join(", ");
    const name = $("#by").selectedOptions[0].textContent;
    const more = groups.length - shown.length;
    $("#who p").textContent = `${more ? `The ${shown.length} ${name}s with the most ailing sessions, of ${exact.format(groups.length)} that have any` : `All ${name}s that have ailing sessions`}${data.complete ? "" : "; of the sessions in the table below"}`;
    fill($("#who table"), [{ label: name, heading: true, class: "free" }, { label: "ailing sessions", number: true }, { label: "verdicts", class: "wide" }],
      shown.map((group) => ({ cells: [nameLink(kind, group.name), `${exact.format(group.ailing)} of ${exact.format(group.all)}`, el("div", {}, stack(group), el("span", { class: "soft said" }, said(group)))] })));
  }

  // Pictures.

  // A picture without a label is for the eyes alone: the table below it tells the same, and has the same links.
  function draw(holder, make, label) {
    const width = holder.clientWidth;
    if (!width) return;
    const svg = make(width);
    for (const drawn of [svg, ...svg.querySelectorAll("svg")].filter((node) => node.tagName === "svg")) {
      for (const [name, value] of label ? [["role", "img"], ["aria-label", label]] : [["aria-hidden", "true"]]) drawn.setAttribute(name, value);
    }
    svg.querySelectorAll("a").forEach((link) => link.setAttribute("tabindex", "-1"));
    svg.querySelectorAll("g[aria-label]").forEach((group) => group.removeAttribute("aria-label"));
    holder.replaceChildren(svg);
  }

  const color = (part) => `var(--${(part || NONE).replaceAll(" ", "-")})`;

  function bars(rows, width) {
    const values = rows.map(([part, number]) => ({ part, number }));
    return Plot.plot({
      width, height: 34 * rows.length + 16, marginLeft: 98, marginRight: 52, marginTop: 4, marginBottom: 8,
      x: { axis: null, domain: [0, Math.max(...values.map((each) => each.number))] },
      y: { label: null, domain: values.map((each) => each.part), tickSize: 0, padding: 0.35 },
      marks: [
        Plot.barX(values, { x: "number", y: "part", fill: (each) => color(each.part), rx2: 3, href: (each) => `#verdict=${data.parts.indexOf(each.part)}`, title: (each) => MEANING[each.part] }),
        Plot.text(values, { x: "number", y: "part", text: (each) => exact.format(each.number), textAnchor: "start", dx: 6, fill: "currentColor" }),
      ],
    });
  }

  function timeline(width) {
    const { unit, bars: rows } = data.time;
    const parts = [...data.parts, ""];
    const values = rows.flatMap(([start, counts], bar) => counts.map((number, at) => ({ bar, time: time(start), number, part: parts[at] || NONE, said: `${bar_name(start)}: ${many(number, "session")}, ${parts[at] || "no verdict"}` })).filter((each) => each.number));
    const present = data.parts.filter((part) => values.some((each) => each.part === part));
    // A few bars stay bars: they do not fill the whole width.
    const least = d3.max([0, FEW_BARS - rows.length]) / 2;
    const interval = { hour: d3.utcHour, day: d3.utcDay, month: d3.utcMonth }[unit];
    const domain = [interval.offset(time(rows[0][0]), -Math.floor(least)), interval.offset(time(rows.at(-1)[0]), 1 + Math.ceil(least))];
    // A bar can be seen, however many there would be place for: an inset below 0 makes it wider than its time.
    const room = (width - 62) / interval.count(...domain);
    const inset = room > 4 ? 0.5 : Math.min(0, (room - THIN) / 2);
    const plot = Plot.plot({
      width, height: 216, marginLeft: 44, marginRight: 18, marginTop: 8, marginBottom: 26,
      x: {
        type: "utc", label: null, tickFormat: (date) => (unit === "month" ? d3.utcFormat("%b %Y") : date % 864e5 ? d3.utcFormat("%H:%M") : d3.utcFormat("%-d %b"))(date),
        domain,
      },
      y: { label: null, ticks: 4, tickFormat: (value) => (Number.isInteger(value) ? exact.format(value) : ""), grid: true },
      color: { domain: present, range: present.map(color) },
      marks: [Plot.rectY(values, { x: "time", y: "number", interval, fill: "part", order: present, insetLeft: inset, insetRight: inset, href: (each) => `#time=${each.bar}`, title: "said" }), Plot.ruleY([0], { stroke: "currentColor", strokeOpacity: 0.4 })],
    });
    return el("div", {}, plot, data.verdicts.length ? el("ul", { class: "legend" }, present.map((part) => el("li", {}, tag(part)))) : "");
  }

  const time = (start) => new Date(`${(start.length === 7 ? `${start}-01` : start).replace(" ", "T")}${start.length === 13 ? ":00" : "T00:00"}Z`);

  // Causes.

  function causes() {
    const note = $("#causes .note");
    if (!data.causes.length) {
      note.textContent = "There are no findings.";
      $("#causes .scroll").hidden = true;
      return;
    }
    note.textContent = `${data.told[0]}${data.moreCauses ? `; the worst ${data.causes.length} are shown` : ""}.`;
    const columns = [
      { label: "Severity", class: "line" }, { label: "What", class: "cause-what free line", heading: true }, { label: "Findings", number: true },
      { label: "Captures", number: true }, { label: "Sessions", number: true }, { label: "Agents", number: true }, { label: "Seen", class: "whole line" },
    ];
    const marks = new Set(sessions.flatMap((each) => each.causes)); // of those sessions that are here
    fill($("#causes table"), columns, data.causes.map(([severity, rule, name, pointer, message, help, findings, captures, affected, agents, seen, example, mark], place) => ({
      cells: [
        el("span", { class: `severity ${severity}` }, severity),
        el("div", {}, el("b", {}, rule), ` ${name}`, el("br"), el("code", {}, pointer || "(the capture)"), el("div", {}, message),
          el("details", {}, el("summary", {}, "Example"), el("div", {}, el("code", {}, example)), help ? el("div", { class: "soft" }, help) : null)),
        exact.format(findings), exact.format(captures), affected ? (marks.has(mark) ? picks("cause", place, exact.format(affected)) : exact.format(affected)) : "", agents, seen,
      ],
    })));
  }

  // The table of sessions: all of them are filtered and sorted, and a page of them is shown.

  const figure = (value, said) => (isNumber(value) ? said(value) : "");
  const lost = (figures) => (figures.lost ? `, ${figures.lost}\u00a0lost` : "");
  // A sign of slowness is not one of an error, and no sign is of all pages of a session.
  const isSlow = (each, load) => load > limits.page_slow_ms && has(each, "DIA012");
  const isFailed = (each, page) => page.code >= 400 && has(each, "DIA013");
  const colored = (words) => el("span", { class: "ailing" }, words);

  function slowestPage(each) {
    const load = each.slowest < 0 ? "" : duration(each.slowest);
    const said = isSlow(each, each.slowest) ? colored(load) : load;
    const code = d3.max(each.pages, (page) => (isFailed(each, page) ? page.code : undefined));
    return code ? el("span", {}, said, load && ", ", colored(String(code))) : said;
  }

  // The worst come first: the surest verdicts, and of those the ones with the most signs.
  const rank = (each) => (isAiling(each) ? (isSure(each) ? 0 : 100) : each.signs.length ? 200 : 300) - each.signs.length;
  const COLUMNS = [
    { label: "Date", key: (each) => each.date, cell: (each) => el("a", { href: `#session=${each.index}` }, each.date || "(no date)"), heading: true },
    { label: "Verdict", key: (each) => (each.verdict ? data.parts.indexOf(each.verdict) : null), cell: (each) => (each.verdict ? tag(each.verdict, isAiling(each) && !isSure(each)) : "") },
    { label: "Site", key: (each) => each.site, cell: (each) => each.site, class: "site free" },
    { label: "Agent", key: (each) => each.agent, cell: (each) => each.agent && el("span", { class: "mono", title: each.agent }, each.agent.length > 10 ? `${each.agent.slice(0, 8)}…` : each.agent) },
    { label: "Lost", hint: "packets to the target that were lost", key: (each) => each.ping.share, cell: (each) => figure(each.ping.share, percent), number: true, rules: ["DIA006"] },
    { label: "RTT", hint: "round trip to the target: of pings on average, or else of TCP", key: roundTrip, cell: (each) => figure(roundTrip(each), milliseconds), number: true, rules: ["DIA007", "DIA008"] },
    { label: "Gateway", hint: "round trip to the gateway on average, and packets lost", key: (each) => each.gateway.average, cell: (each) => `${figure(each.gateway.average, milliseconds)}${lost(each.gateway)}`.replace(/^, /, ""), number: true, rules: ["DIA001", "DIA002"] },
    { label: "Signal", hint: "strength of the Wi-Fi signal", key: (each) => each.signal, cell: (each) => figure(each.signal, (value) => decibels(value, "dBm")), number: true, rules: ["DIA003"] },
    { label: "CPU", hint: "use of the processors on average", key: (each) => each.cpu.mean, cell: (each) => figure(each.cpu.mean, (value) => `${Math.round(100 * value)} %`), number: true, rules: ["DIA004"] },
    { label: "Page", hint: "load time of the slowest page, and the status of a failed one", key: (each) => (each.slowest < 0 ? null : each.slowest), cell: slowestPage, number: true },
    { label: "Findings", hint: "faults of the payload", key: (each) => each.broken, cell: (each) => (each.broken ? exact.format(each.broken) : ""), number: true },
  ];
  const REDACTED = [
    { label: "Address", key: (each) => each.address, cell: (each) => el("a", { href: `#session=${each.index}` }, each.address), heading: true, class: "site free" },
    COLUMNS[1],
    { label: "Signs", key: (each) => each.signs.length, cell: (each) => each.signs.map((sign) => nameOf(sign.rule)).join(", "), class: "site free" },
    COLUMNS[10],
  ];

  const columns = (data.redacted ? REDACTED : COLUMNS).filter((column) => data.verdicts.length || column.label !== "Verdict");
  const view = { sort: null, descending: false, page: 0, rows: sessions, only: null, list: "#sessions", opened: null };

  function compare(one, other) {
    // Those without a value come last, whichever way the others go.
    if (one === null || one === undefined) return other === null || other === undefined ? 0 : 1;
    if (other === null || other === undefined) return -1;
    const order = one < other ? -1 : one > other ? 1 : 0;
    return view.descending ? -order : order;
  }

  function refilter() {
    const words = $("#search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdict = $("#verdict").value;
    const broken = $("#broken").checked;
    const rows = sessions.filter((each) => {
      if (verdict === "ailing" ? !each.verdict || each.verdict === NONE : verdict && each.verdict !== verdict) return false;
      if (broken && !each.broken) return false;
      if (view.only && !view.only[1](each)) return false;
      if (!words.length) return true;
      each.words ??= [each.address, each.id, each.agent, each.date, each.site, each.organization, each.location, each.browser, each.verdict, each.network, ...each.signs.map((sign) => `${sign.rule} ${nameOf(sign.rule)}`)].filter(Boolean).join("\n").toLowerCase();
      return words.every((word) => each.words.includes(word));
    });
    const key = view.sort === null ? rank : columns[view.sort].key;
    view.rows = rows.map((each) => [key(each), each]).sort(([a, one], [b, other]) => compare(a, b) || one.index - other.index).map(([, each]) => each);
    view.page = 0;
    show();
  }

  function show() {
    $("#picked").hidden = !view.only;
    $("#picked").replaceChildren(...(view.only ? [...view.only[0], " ", el("a", { href: "#sessions" }, "show all")] : []));
    const pages = Math.max(1, Math.ceil(view.rows.length / ROWS));
    const start = view.page * ROWS;
    const rows = view.rows.slice(start, start + ROWS);
    const heads = columns.map((column, at) => ({
      ...column,
      sorted: at === view.sort ? (view.descending ? "descending" : "ascending") : "none",
      head: el("button", { type: "button", title: column.hint, on: { click: () => resort(at) } }, column.label),
    }));
    fill($("#sessions table"), heads, rows.map((each) => ({
      cells: columns.map((column) => (column.rules && has(each, ...column.rules) ? colored(column.cell(each) || "▲") : column.cell(each))),
      on: { click: (event) => event.target.closest("a") || String(getSelection()) || (location.hash = `session=${each.index}`) },
    })));
    const all = view.rows.length === sessions.length;
    $("#shown").textContent = `${all ? many(sessions.length, "session") : `${exact.format(view.rows.length)} of ${many(sessions.length, "session")}`}${rows.length && pages > 1 ? `, ${exact.format(start + 1)} to ${exact.format(start + rows.length)} shown` : ""}${rows.length && view.sort === null && data.verdicts.length ? ", worst first" : ""}`;
    $("#page").textContent = `${exact.format(view.page + 1)} of ${exact.format(pages)}`;
    $("#before").disabled = view.page === 0;
    $("#after").disabled = view.page >= pages - 1;
    $("#sessions .pager").hidden = pages === 1;
  }

  function resort(at) {
    // Up, down, and back to the worst first.
    const first = Boolean(columns[at].number);
    if (view.sort !== at) [view.sort, view.descending] = [at, first];
    else if (view.descending === first) view.descending = !first;
    else [view.sort, view.descending] = [null, false];
    refilter();
    $(`#sessions th:nth-child(${at + 1}) button`).focus();
  }

  function turn(by) {
    view.page += by;
    show();
    $("#sessions-title").scrollIntoView();
  }

  function table_of_sessions() {
    if (data.verdicts.length) $("#sessions .note").append(...(data.redacted ? ["A"] : ["A figure in this ", colored("colour"), " is a sign that the verdict rests on; a"]), " hollow dot is a verdict that is probable, not most likely. ");
    $("#search").placeholder = data.redacted ? "address, verdict, sign …" : "site, agent, id, sign, address …";
    const counts = d3.rollup(sessions, (each) => each.length, (each) => each.verdict);
    const select = $("#verdict");
    select.append(el("option", { value: "" }, "all"));
    const ailing = sessions.filter((each) => each.verdict && each.verdict !== NONE).length;
    if (ailing) select.append(el("option", { value: "ailing" }, `ailing (${exact.format(ailing)})`));
    for (const part of data.parts) if (counts.has(part)) select.append(el("option", { value: part }, `${part} (${exact.format(counts.get(part))})`));
    select.parentElement.hidden = !data.verdicts.length;
    if (!data.complete) $("#sessions .note").append(`A sample of ${exact.format(sessions.length)} of ${many(data.total, "session")}, ailing ones first; the counts above are of all.`);
    $("#search").addEventListener("input", refilter);
    select.addEventListener("change", refilter);
    $("#broken").addEventListener("change", refilter);
    $(".controls").addEventListener("submit", (event) => event.preventDefault());
    $("#before").addEventListener("click", () => turn(-1));
    $("#after").addEventListener("click", () => turn(1));
    if (!sessions.length) for (const part of document.querySelectorAll("#sessions :is(.controls, .scroll)")) part.hidden = true;
    refilter();
  }

  // Fields.

  function fields() {
    $("#fields").hidden = !data.fields.length && !data.undocumented.length;
    if (data.undocumented.length) {
      $("#undocumented").hidden = false;
      fill($("#undocumented table"), [{ label: "Name", heading: true, class: "free" }, { label: "In", class: "free" }, { label: "Objects", number: true }, { label: "Type" }, { label: "Example", class: "free" }],
        data.undocumented.map(([name, pointer, objects, types, example]) => ({ cells: [el("code", {}, name), el("code", {}, pointer || "(the response)"), exact.format(objects), types, example] })));
    }
    $("#documented").addEventListener("toggle", () => {
      fill($("#documented table"), [{ label: "Field", heading: true, class: "field free" }, { label: "Present", number: true }, { label: "Of", number: true }, { label: "Range or values", class: "free" }],
        data.fields.map(([pointer, present, objects, values]) => ({ cells: [el("code", {}, pointer), `${exact.format(present)} (${share(present, objects)})`, exact.format(objects), values] })));
    }, { once: true });
  }

  // One session, beside a good one.

  function comparable(each) {
    const at = Date.parse((each.date || "").replace(" ", "T"));
    const isWhole = (other) => isNumber(other.ping.average) && isNumber(other.gateway.average) && isNumber(other.connect) && other.hops.length > 0;
    const far = (other) => Math.abs(Date.parse((other.date || "").replace(" ", "T")) - at) || 0;
    // One that was measured whole tells more than a nearer one.
    const nearest = (isAlike) => d3.least(sessions.filter((other) => other !== each && isGood(other) && isAlike(other)),
      (one, other) => isWhole(other) - isWhole(one) || far(one) - far(other));
    const ofAgent = each.agent && nearest((other) => other.agent === each.agent && other.site === each.site) || each.agent && nearest((other) => other.agent === each.agent);
    if (ofAgent) return [ofAgent, ofAgent.site === each.site ? "of the same agent at the same site" : "of the same agent"];
    const ofSite = each.site && nearest((other) => other.site === each.site);
    return ofSite ? [ofSite, "at the same site"] : [null, ""];
  }

  // By its rule, or by its rule and the field that it is at.
  const has = (each, ...rules) => each.signs.some(({ rule, pointer }) => rules.includes(rule) || rules.includes(`${rule} ${pointer.split("/").pop()}`));
  const loss = (figures) => (figures.error ? `failed: ${figures.error}` : isNumber(figures.lost) ? `${figures.lost} of ${figures.sent}` : null);
  const rtt = (figures) => (isNumber(figures.average) ? `${milliseconds(figures.average)}${isNumber(figures.least) && isNumber(figures.greatest) ? ` (${short(figures.least)} to ${short(figures.greatest)})` : ""}` : null);

  // Name, what to show, what rules tell of it, the share of a bar where there is one, and where on it a sign begins.
  const limits = data.thresholds;
  const FIGURES = [
    ["Target"],
    ["Packets lost", (each) => loss(each.ping), ["DIA006"], (each) => each.ping.share],
    ["Round trip", (each) => rtt(each.ping), ["DIA007 avgRtt"], (each) => each.ping.average / 400, [limits.target_rtt_slow_ms / 400, `over ${limits.target_rtt_slow_ms} ms`]],
    ["TCP connect", (each) => milliseconds(each.connect), ["DIA007 rtt"], (each) => each.connect / 400],
    ["ICMP", (each) => (each.blocked === true ? "blocked" : each.blocked === false ? "not blocked" : null), ["DIA014"]],
    ["Gateway"],
    ["Packets lost", (each) => loss(each.gateway), ["DIA001"], (each) => each.gateway.share],
    ["Round trip", (each) => rtt(each.gateway), ["DIA002"], (each) => each.gateway.average / 200, [limits.gateway_rtt_slow_ms / 200, `over ${limits.gateway_rtt_slow_ms} ms`]],
    ["Wireless"],
    ["Interface", (each) => each.hardware, []],
    ["Signal", (each) => decibels(each.signal, "dBm"), ["DIA003"], (each) => (each.signal + 100) / 70, [(limits.wifi_rssi_weak_dbm + 100) / 70, `under ${decibels(limits.wifi_rssi_weak_dbm, "dBm")}`]],
    ["Above the noise", (each) => (isNumber(each.signal) && isNumber(each.noise) && each.noise < -20 ? decibels(each.signal - each.noise, "dB") : null), ["DIA003"], (each) => (each.signal - each.noise) / 60, [limits.wifi_snr_low_db / 60, `under ${limits.wifi_snr_low_db} dB`]],
    ["Quality", (each) => (isNumber(each.quality) ? `${short(each.quality)} %` : null), [], (each) => each.quality / 100],
    ["Channel, mode", (each) => [each.channel, each.mode].filter((value) => value !== null && value !== undefined).join(", ") || null, []],
    ["Rate", (each) => (isNumber(each.rate) ? `${short(each.rate)} Mbit/s` : null), []],
    ["Network name", (each) => each.network, []],
    ["Computer"],
    ["CPU, mean", (each) => percent(each.cpu.mean), ["DIA004"], (each) => each.cpu.mean, [limits.cpu_saturated_share, `over ${percent(limits.cpu_saturated_share)}`]],
    ["CPU, greatest", (each) => percent(each.cpu.greatest), [], (each) => each.cpu.greatest],
    ["Memory in use", (each) => (isNumber(each.memory.mean) && each.memory.total ? `${percent(each.memory.mean / each.memory.total)} of ${gigabytes(each.memory.total)}` : null), ["DIA005"], (each) => each.memory.mean / each.memory.total, [limits.memory_exhausted_share, `over ${percent(limits.memory_exhausted_share)}`]],
  ];

  function figures(each, good) {
    const shown = FIGURES.map(([name, said, rules, part, limit]) => (said ? { name, rules, part, limit, this: said(each), good: good && said(good) } : { name }));
    const kept = shown.filter((row, at) => {
      if (row.rules) return row.this !== null || row.good;
      const after = shown.slice(at + 1);
      const end = after.findIndex((other) => !other.rules);
      return after.slice(0, end < 0 ? after.length : end).some((other) => other.this !== null || other.good);
    });
    const heads = [el("td"), el("th", { scope: "col" }, "This session"), good ? el("th", { scope: "col" }, "A good one") : null];
    return el("table", {}, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, kept.map((row) => {
      if (!row.rules) return el("tr", { class: "group" }, el("th", { colspan: good ? 3 : 2, scope: "rowgroup" }, row.name));
      const ill = has(each, ...row.rules);
      const cell = (value, other, isThis) => el("td", { class: isThis ? "this free" : "soft free" }, value ?? "–", value !== null && row.part ? bar(row.part(other), isThis && ill, row.limit?.[0]) : null);
      return el("tr", { class: ill ? "ill" : null }, el("th", { scope: "row" }, row.name, row.limit && el("span", { class: "limit" }, ` sign if ${row.limit[1]}`)), cell(row.this, each, true), good ? cell(row.good, good, false) : null);
    })));
  }

  function bar(part, ill, limit) {
    if (!Number.isFinite(part)) return null;
    const tick = Number.isFinite(limit) && limit > 0 && limit < 1 ? el("b") : null;
    if (tick) tick.style.left = `${100 * limit}%`;
    const inner = el("i", { class: ill ? "ill" : null });
    inner.style.width = `${part > 0 ? Math.max(1.5, Math.min(100, 100 * part)) : 0}%`;
    return el("span", { class: "bar", "aria-hidden": "true" }, inner, tick);
  }

  // The path: hops that answered, by number; a jump is the hops before and after the delay rises, and what stays of the rise.

  function answered(each) {
    const found = [];
    each.hops.forEach((hop, at) => {
      const [number, delay, address, name, prefix, asn, labels] = hop || [];
      if (isNumber(number) && address && address !== "*") found.push({ at, number, delay, address, name: name === address ? null : name, prefix, asn, labels });
    });
    return found;
  }

  function jumpOf(each, hops) {
    if (!each.jump) return null;
    const [before, after] = each.jump.map((place) => hops.find((hop) => hop.at === place));
    return before && after ? { before, after, rise: each.jump[2] } : null;
  }

  function silences(hops) {
    const runs = [];
    let last = 0;
    for (const { number } of hops) {
      if (number > last + 1) runs.push([last + 1, number - 1]);
      last = Math.max(last, number);
    }
    return runs;
  }

  function networks(hops) {
    const runs = [];
    for (const { number, asn } of hops) {
      const run = runs.at(-1);
      if (run && run.asn === asn) run.to = number;
      else runs.push({ asn, from: number, to: number });
    }
    return runs.filter((run) => isNumber(run.asn));
  }

  function path(each, good, width) {
    const hops = answered(each);
    const timed = hops.filter((hop) => isNumber(hop.delay));
    const others = good ? answered(good).filter((hop) => isNumber(hop.delay)) : [];
    const last = Math.max(2, ...hops.map((hop) => hop.number), ...others.map((hop) => hop.number));
    const most = Math.max(10, ...timed.map((hop) => hop.delay), ...others.map((hop) => hop.delay));
    const jump = jumpOf(each, hops);
    // A router that takes its time with answers stands above what stays of the rise: the rule sees through it, and so do these lines.
    const stays = jump ? [jump.after.number, timed.at(-1).number].map((number) => ({ number, delay: jump.before.delay + jump.rise })) : [];
    const top = most * 1.12;
    const narrow = width < 520;
    const runs = networks(hops);
    const silent = silences(hops);
    // What the line says stands below it, where no delay is, but for the end of the path, where there may be no place.
    const isLate = jump && (1 - (jump.before.number + jump.after.number) / 2 / last) * (width - 60) < 80;
    const room = (run) => ((run.to - run.from + 1) / last) * (width - 60);
    const name = (run) => (room(run) > 62 ? `AS ${run.asn}` : room(run) > 44 ? String(run.asn) : "");
    const tip = (hop) => [`Hop ${hop.number}: ${hop.delay} ms`, hop.address, hop.name, isNumber(hop.asn) ? `AS ${hop.asn}` : null, hop.prefix].filter(Boolean).join("\n");
    return Plot.plot({
      width, height: narrow ? 250 : 290, marginLeft: 46, marginRight: 14, marginTop: 36, marginBottom: 36,
      x: { domain: [0.5, last + 0.5], label: "hop", labelArrow: "none", labelAnchor: "center", ticks: Math.min(last, narrow ? 8 : 20), tickFormat: (value) => (Number.isInteger(value) ? String(value) : ""), tickSize: 0 },
      y: { domain: [0, top], label: "delay (ms)", labelArrow: "none", grid: true, ticks: 5, zero: true },
      marks: [
        Plot.rect(silent, { x1: (run) => run[0] - 0.5, x2: (run) => run[1] + 0.5, y1: 0, y2: top, fill: "currentColor", fillOpacity: 0.06 }),
        Plot.text(silent, { x: (run) => (run[0] + run[1]) / 2, y: top / 2, text: () => "no answer", rotate: -90, fill: "currentColor", fillOpacity: 0.75, fontSize: 11 }),
        Plot.ruleY(runs, { y: top, x1: (run) => run.from - 0.42, x2: (run) => run.to + 0.42, stroke: "var(--accent)", strokeWidth: 3, strokeOpacity: 0.55 }),
        Plot.text(runs, { x: (run) => (run.from + run.to) / 2, y: top, text: name, dy: -10, fill: "currentColor", fontSize: 11 }),
        Plot.line(others, { x: "number", y: "delay", stroke: "currentColor", strokeOpacity: 0.45, strokeDasharray: "4 3" }),
        Plot.dot(others, { x: "number", y: "delay", fill: "currentColor", fillOpacity: 0.45, r: 2 }),
        Plot.line(timed, { x: "number", y: "delay", stroke: "var(--accent)", strokeWidth: 2 }),
        jump ? Plot.line(stays, { x: "number", y: "delay", stroke: "var(--bad)", strokeDasharray: "2 3" }) : null,
        jump ? Plot.line([jump.before, stays[0]], { x: "number", y: "delay", stroke: "var(--bad)", strokeWidth: 3.5 }) : null,
        Plot.dot(timed, { x: "number", y: "delay", fill: "var(--card)", stroke: "var(--accent)", strokeWidth: 2, r: 4 }),
        jump ? Plot.dot([jump.before, jump.after], { x: "number", y: "delay", fill: "var(--bad)", r: 4.5 }) : null,
        jump ? Plot.text([jump], { x: (each) => (each.before.number + each.after.number) / 2, y: (each) => each.before.delay + each.rise / 2, text: (each) => `+${short(each.rise)} ms`, dx: isLate ? -10 : 12, dy: isLate ? 0 : 8, textAnchor: isLate ? "end" : "start", fill: "var(--bad)", fontWeight: 600, stroke: "var(--card)", strokeWidth: 4, fontSize: 13 }) : null,
        Plot.ruleY([0], { stroke: "currentColor", strokeOpacity: 0.4 }),
        Plot.tip(timed, Plot.pointer({ x: "number", y: "delay", title: tip, lineWidth: narrow ? 12 : 20, lineHeight: 1.3, fill: "var(--card)", stroke: "var(--faint)" })),
      ],
    });
  }

  function pathWords(each, hops, good) {
    const reached = hops.at(-1).address === each.destination;
    return [
      `${many(hops.length, "hop")} that answered, ${reached ? "up to the destination" : "the last is not the destination,"} ${each.destination || "which is unknown"}`,
      silences(hops).length ? "grey: no answer" : null,
      good && answered(good).length ? "dashed: the good session" : null,
      jumpOf(each, hops) ? "dotted: what stays of the jump" : null,
    ].filter(Boolean).join("; ");
  }

  function hopTable(each) {
    const made = el("table", { class: "stack hops" });
    const columns = [{ label: "Hop", number: true, heading: true }, { label: "Delay", number: true }, { label: "Address", class: "free" }, { label: "Network", class: "free" }];
    const jump = jumpOf(each, answered(each));
    const silent = (number) => ({ class: "soft", cells: [number, "", "no answer", ""] });
    const rows = [];
    let last = 0;
    for (const [at, hop] of each.hops.entries()) {
      if (!hop) continue;
      const [number, delay, address, name, prefix, asn, labels] = hop;
      if (isNumber(number) && number > last + 1) rows.push(silent(number === last + 2 ? String(number - 1) : `${last + 1} to ${number - 1}`));
      if (isNumber(number)) last = Math.max(last, number);
      const rise = at === jump?.after.at ? ` (+${short(jump.rise)})` : "";
      rows.push(!address || address === "*" ? silent(String(number ?? "")) : {
        class: rise ? "ill" : null,
        cells: [String(number ?? ""), isNumber(delay) ? `${delay} ms${rise}` : "", el("div", {}, address, name && name !== address ? el("div", { class: "soft" }, name) : null), [isNumber(asn) ? `AS ${asn}` : null, prefix, labels ? many(labels, "MPLS label") : null].filter(Boolean).join(", ")],
      });
    }
    fill(made, columns, rows);
    return made;
  }

  function pagesTable(each) {
    const made = el("table", { class: "stack pages" });
    const most = Math.max(1, ...each.pages.map((page) => page.load || 0));
    fill(made, [{ label: "Page", heading: true, class: "free" }, { label: "Started" }, { label: "Status", number: true }, { label: "DOM", number: true }, { label: "Loaded", number: true }],
      each.pages.map((page) => ({
        class: isFailed(each, page) || isSlow(each, page.load) ? "ill" : null,
        cells: [page.title || "(no title)", page.start && each.date && page.start.slice(0, 10) === each.date.slice(0, 10) ? page.start.slice(11) : page.start, page.code ?? "", duration(page.content) || "", el("div", {}, duration(page.load) || "", bar(page.load / most, isSlow(each, page.load)))],
      })));
    return made;
  }

  // The verdict: what it is, what it rests on, and what would change it.

  function judgement(each) {
    if (!each.verdict) return null;
    const said = isAiling(each)
      ? [`${each.confidence.charAt(0).toUpperCase()}${each.confidence.slice(1)}: `, el("b", {}, tag(each.verdict)), el("span", { class: "soft" }, `, ${MEANING[each.verdict]}`)]
      : [each.signs.length ? "Nothing found: the signs are too weak" : "Nothing found: no sign of trouble"];
    const others = each.others.length ? ` There are signs of ${each.others.join(" and ")} too.` : "";
    return el("div", { class: "judgement" },
      el("p", { class: "verdict" }, said),
      each.signs.length ? [el("h2", {}, isAiling(each) ? "It rests on" : "What there is"), el("ul", { class: "signs" }, each.signs.map((sign) =>
        el("li", {}, sign.message, " ", el("span", { class: "soft" }, `${sign.rule} ${nameOf(sign.rule)}`))))] : null,
      each.change || others ? [el("h2", {}, each.change ? "What would change it" : "What else there is"), el("p", {}, `${each.change || ""}${others}`)] : null);
  }

  function found(each) {
    const counts = ["error", "warning", "info"].map((severity, at) => each.findings[at] && many(each.findings[at], severity));
    const links = data.causes.map((cause, place) => isOf(cause)(each) && el("div", {}, picks("cause", place, ...causeName(cause))));
    return [counts.filter(Boolean).join(", "), ...links.filter(Boolean)];
  }

  function open(index) {
    const each = sessions[index];
    if (!each) return null;
    const [good, alike] = comparable(each);
    const place = view.rows.indexOf(each);
    const step = (by, words) => (place >= 0 && view.rows[place + by] ? el("a", { href: `#session=${view.rows[place + by].index}` }, words) : null);
    const main = $("#session");
    const drawings = [];
    main.replaceChildren(
      el("nav", { class: "crumbs", "aria-label": "Sessions" }, el("a", { href: view.list }, "← All sessions"), el("span", {}, step(-1, "Previous"), step(-1, "") && step(1, "") ? " · " : "", step(1, "Next"))),
      el("section", {},
        el("h1", { id: "session-title" }, data.redacted ? "Session" : [el("bdi", {}, each.site || "Session"), `, ${each.date || "no date"}`]),
        judgement(each),
        el("dl", { class: "facts" }, list([
          ["Agent", each.agent && el("span", { class: "mono" }, nameLink("agent", each.agent))], ["Session", each.id && el("span", { class: "mono" }, each.id)],
          ["Site", nameLink("site", each.site)], ["Provider", nameLink("organization", each.organization)], ["Place", nameLink("location", each.location)], ["Browser", each.browser],
          ["Experience score", isNumber(each.score) ? String(each.score) : null],
          ["Errors", each.errors.length ? each.errors.join("; ") : null],
          ["Findings", each.broken ? found(each) : null],
          ["Address", [el("code", {}, each.address), el("span", { class: "soft" }, " (sessionlint extract prints what is there)")]],
        ]))),
    );
    if (data.redacted) return () => {};
    const told = good ? el("p", { class: "note" }, "Beside it ", el("a", { href: `#session=${good.index}` }, `a good session of ${good.date || "an unknown date"}`), ` ${alike}.`) : el("p", { class: "note" }, "There is no good session of the same agent or site to compare with.");
    const picture = el("div", { class: "picture" });
    const hops = answered(each);
    const traced = hops.length > 0;
    if (traced) drawings.push(() => draw(picture, (width) => path(each, good, width), `Delay by hop, ${hops.length} hops to ${each.destination || "the destination"}`));
    main.append(
      el("section", {},
        told,
        el("figure", { class: "path" },
          el("figcaption", {}, el("h2", {}, "Path"), el("p", {}, each.traceError ? `The traceroute failed: ${each.traceError}` : traced ? pathWords(each, hops, good) : "There is no traceroute.")),
          traced ? picture : null),
        el("div", { class: "halves" },
          el("div", { class: "card" }, el("h2", {}, "Figures"), figures(each, good)),
          el("div", { class: "stacked-cards" },
            el("div", { class: "card" }, el("h2", {}, "Pages"), each.pages.length ? pagesTable(each) : el("p", { class: "note" }, "None is told.")),
            each.hops.length ? el("div", { class: "card" }, el("h2", {}, "Hop by hop"), hopTable(each)) : null))),
    );
    return () => drawings.forEach((each) => each());
  }

  // Which view is shown follows from the address's fragment, so that the browser's buttons work.

  const redrawReport = overview();
  let redraw = redrawReport;

  function route() {
    const [, kind, place] = /^#(\w+)=(\d+)$/.exec(location.hash) || [];
    const opened = kind === "session" && open(Number(place));
    document.title = `sessionlint triage: ${$(opened ? "#session-title" : "#overview-title").textContent}`;
    $("#report").hidden = Boolean(opened);
    $("#session").hidden = !opened;
    if (opened) {
      view.opened = Number(place);
      redraw = opened;
      redraw();
      scrollTo(0, 0);
      $("#session").focus({ preventScroll: true });
      return;
    }
    const only = kind ? picked(kind, Number(place)) : null;
    if (only || view.only) {
      view.only = only;
      refilter();
    }
    view.list = only ? location.hash : "#sessions";
    redraw = redrawReport;
    redraw();
    // Who comes back from a session is where they were.
    const before = view.opened === null || !(only || ["", "#sessions"].includes(location.hash)) ? null : $(`#sessions a[href="#session=${view.opened}"]`);
    view.opened = null;
    if (before) {
      before.scrollIntoView({ block: "center" });
      before.focus({ preventScroll: true });
    } else document.getElementById(only ? "sessions" : location.hash.slice(1))?.scrollIntoView();
  }

  causes();
  who();
  table_of_sessions();
  fields();
  $("#footer").textContent = `Made by sessionlint ${data.version}. A verdict is a guess with its reasons: it names what most likely ailed a session.`;
  $("#report").hidden = false;
  route();
  addEventListener("hashchange", route);
  // On paper nothing can be opened: examples and hops are shown.
  const folded = "#causes details, #session details";
  addEventListener("beforeprint", () => document.querySelectorAll(folded).forEach((each) => { each.open = true; }));
  addEventListener("afterprint", () => document.querySelectorAll(folded).forEach((each) => { each.open = false; }));
  let waiting = 0;
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(() => redraw(), 100); });
})();
