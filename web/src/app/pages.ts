/**
 * Every page of the console, one line each: where it stands, who may open it, how it is loaded.
 *
 * A page is a lazily loaded module whose default export renders `<main className="content" id="content">`. Its name
 * is the text `app.page.<name>`. Pages without `menu: false` stand in the navigation under their place, in this order.
 */
import type { ComponentType } from "react";
import type { Right } from "../access/rights";

export const places = ["overview", "customers", "work", "insight", "trust", "settings"] as const;
export type Place = (typeof places)[number];

export interface Page {
  path: string;
  place: Place;
  /** Key of its name. */
  text: string;
  /** The right it needs; any of several when a list; none for every signed-in person. */
  right?: Right | readonly Right[];
  load: () => Promise<{ default: ComponentType }>;
  /** Only where made-up data are shown. */
  demoOnly?: boolean;
  /** False for pages one reaches from another page. */
  menu?: boolean;
}

export const pages: readonly Page[] = [
  {
    path: "/",
    place: "overview",
    text: "app.page.overview",
    right: "figures:read",
    load: () => import("./OverviewPage").then((part) => ({ default: part.OverviewPage })),
  },
  {
    path: "/mine",
    place: "overview",
    text: "app.page.mine",
    right: "own:read",
    load: () => import("../mine/MinePage"),
  },
  {
    path: "/contacts",
    place: "customers",
    text: "app.page.contacts",
    right: "record:read",
    load: () => import("../contacts/ContactsPage"),
  },
  {
    path: "/contacts/:position",
    place: "customers",
    text: "app.page.contact",
    right: "record:read",
    load: () => import("../contacts/ContactPage"),
    menu: false,
  },
  {
    path: "/subjects/:subject",
    place: "customers",
    text: "app.page.subject",
    right: "record:read",
    load: () => import("../contacts/SubjectPage"),
    menu: false,
  },
  {
    path: "/protection",
    place: "customers",
    text: "app.page.protection",
    right: "complaints:all",
    load: () => import("../trust/ProtectionPage"),
  },
  {
    path: "/journeys",
    place: "insight",
    text: "app.page.journeys",
    right: "figures:read",
    load: () => import("../journeys/pages/JourneysPage"),
  },
  {
    path: "/journeys/map",
    place: "insight",
    text: "app.page.journeyMap",
    right: "figures:read",
    load: () => import("../journeys/stages/StageMapPage"),
  },
  {
    path: "/walks",
    place: "insight",
    text: "app.page.walks",
    right: "record:read",
    load: () => import("../walks/WalksPage"),
  },
  {
    path: "/walks/:id",
    place: "insight",
    text: "app.page.walk",
    right: "record:read",
    load: () => import("../walks/WalkPage"),
    menu: false,
  },
  {
    path: "/trust",
    place: "trust",
    text: "app.page.trustLog",
    right: "trust:read",
    load: () => import("../trust/log/TrustPage"),
  },
  {
    path: "/trust/trail",
    place: "trust",
    text: "app.page.trail",
    right: ["receipts:make", "own:read"],
    load: () => import("../trust/receipts/TrailPage"),
    menu: false,
  },
  {
    path: "/figures",
    place: "trust",
    text: "app.page.figures",
    right: "figures:read",
    load: () => import("../figures/FiguresPage"),
  },
  {
    path: "/truth",
    place: "trust",
    text: "app.page.truth",
    right: "truth:read",
    load: () => import("../truth/TruthPage"),
    demoOnly: true,
  },
  {
    path: "/audit",
    place: "trust",
    text: "app.page.audit",
    right: "audit:read",
    load: () => import("../trust/AuditPage"),
  },
  {
    path: "/settings/:tab?",
    place: "settings",
    text: "app.page.settings",
    right: "figures:read",
    load: () => import("../settings/SettingsPage"),
  },
  {
    path: "/account",
    place: "settings",
    text: "app.page.account",
    load: () => import("../access/AccountPage"),
    menu: false,
  },
  {
    path: "/imports",
    place: "work",
    text: "app.page.imports",
    right: "imports:run",
    load: () => import("../imports/ImportsPage"),
  },
  {
    path: "/imports/:job",
    place: "work",
    text: "app.page.import",
    right: "imports:run",
    load: () => import("../imports/ImportPage"),
    menu: false,
  },
];

/** The address of a page in the navigation: its path without parameters. */
export function addressOf(page: Page): string {
  return page.path.replace(/\/:.*$/, "") || "/";
}

/** The pages somebody may open; the rest is not there for them. */
export function pagesFor(has: (right: Right) => boolean, demo: boolean): Page[] {
  return pages.filter((page) => mayOpen(page, has) && (demo || !page.demoOnly));
}

export function mayOpen(page: Page, has: (right: Right) => boolean): boolean {
  if (page.right === undefined) return true;
  return typeof page.right === "string" ? has(page.right) : page.right.some(has);
}

/** The page of the navigation that an address belongs to: the longest one it begins with. */
export function currentOf(shown: readonly Page[], pathname: string): Page | undefined {
  return shown
    .filter((page) => page.menu !== false)
    .filter((page) => {
      const address = addressOf(page);
      return address === "/" ? pathname === "/" : pathname === address || pathname.startsWith(`${address}/`);
    })
    .sort((one, other) => addressOf(other).length - addressOf(one).length)[0];
}
