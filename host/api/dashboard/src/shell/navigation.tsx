import {
  Building,
  Gauge,
  type IconNode,
  ListChecks,
  MailWarning,
  Menu,
  Play,
  Plug,
  Puzzle,
  RotateCcw,
  ScrollText,
  Table2,
  Users,
  Workflow,
} from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { flow, live } from "../api/live";
import { has, hasAnywhere } from "../api/session";
import { Icon } from "../parts/icon";
import { compact } from "../text/numbers";
import { AccountMenu } from "./account-menu";

interface Entry {
  path: string;
  label: string;
  icon: IconNode;
  /** How many things there want to be looked at. */
  alarm?: () => number;
  offered?: () => boolean;
}

const GROUPS: { label: string; entries: Entry[] }[] = [
  {
    label: "Work",
    entries: [
      { path: "/", label: "Flow", icon: Workflow },
      { path: "/jobs", label: "Jobs", icon: ListChecks, alarm: () => flow.value?.failing_jobs ?? 0 },
      { path: "/runs", label: "Runs", icon: Play },
      {
        path: "/dead-letters",
        label: "Dead letters",
        icon: MailWarning,
        alarm: () => flow.value?.dead_letters ?? 0,
      },
      { path: "/replays", label: "Replays", icon: RotateCcw },
    ],
  },
  {
    label: "What is there",
    entries: [
      { path: "/data", label: "Data", icon: Table2 },
      { path: "/plugins", label: "Plugins", icon: Puzzle },
      { path: "/integrations", label: "Integrations", icon: Plug },
      { path: "/quotas", label: "Quotas", icon: Gauge },
    ],
  },
  {
    label: "Who may what",
    entries: [
      { path: "/tenants", label: "Tenants", icon: Building },
      { path: "/users", label: "Users", icon: Users, offered: () => has("admin", null) },
      { path: "/audit", label: "Audit", icon: ScrollText, offered: () => hasAnywhere("admin") },
    ],
  },
];

const LIVE_WORDS = { connecting: "Connecting", live: "Live", lost: "Not live" };

/** The way to each page: beside it on a wide screen, behind a button on a narrow one. */
export function Navigation({ path }: { path: string }) {
  const menu = useRef<HTMLElement>(null);
  useEffect(() => {
    if (menu.current?.matches(":popover-open")) menu.current.hidePopover();
  }, [path]);
  return (
    <>
      <header class="topbar">
        <Brand />
        <button type="button" class="icon-only quiet" popovertarget="menu" aria-label="Menu">
          <Icon of={Menu} size={20} />
        </button>
      </header>
      <nav id="menu" class="side" popover="auto" ref={menu} aria-label="Pages">
        <div class="wide-only">
          <Brand />
        </div>
        {GROUPS.map((group) => (
          <Group key={group.label} {...group} path={path} />
        ))}
        <AccountMenu path={path} />
      </nav>
    </>
  );
}

function Brand() {
  return (
    <div class="brand">
      <a href="/">Runnel</a>
      <span class={`live ${live.value}`}>{LIVE_WORDS[live.value]}</span>
    </div>
  );
}

function Group({ label, entries, path }: { label: string; entries: Entry[]; path: string }) {
  const offered = entries.filter((entry) => entry.offered?.() ?? true);
  return (
    <div class="nav-group">
      <h2>{label}</h2>
      <ul>
        {offered.map((entry) => (
          <li key={entry.path}>
            <Link entry={entry} path={path} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Link({ entry, path }: { entry: Entry; path: string }) {
  const here = entry.path === "/" ? path === "/" : path === entry.path || path.startsWith(`${entry.path}/`);
  const alarm = entry.alarm?.() ?? 0;
  return (
    <a href={entry.path} aria-current={here ? "page" : undefined}>
      <Icon of={entry.icon} />
      <span>{entry.label}</span>
      {alarm > 0 && <span class="alarm">{compact(alarm)}</span>}
    </a>
  );
}
