import { type ComponentType, type LazyExoticComponent, lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate, useParams } from "react-router";
import type { Right } from "../access/rights";
import { useSession } from "../access/session";
import { Loading } from "../shared/states";

interface Tab {
  name: "users" | "keys" | "calendars" | "branches" | "institution" | "appearance" | "rights";
  right?: Right;
  Part: LazyExoticComponent<ComponentType>;
}

const tabs: readonly Tab[] = [
  { name: "users", right: "users:manage", Part: lazy(() => import("./users/UsersTab")) },
  { name: "keys", right: "keys:manage", Part: lazy(() => import("./keys/KeysTab")) },
  { name: "branches", right: "figures:read", Part: lazy(() => import("./branches/BranchesTab")) },
  { name: "calendars", right: "figures:read", Part: lazy(() => import("./calendars/CalendarsTab")) },
  { name: "institution", right: "settings:manage", Part: lazy(() => import("./InstitutionTab")) },
  { name: "appearance", Part: lazy(() => import("./AppearanceTab")) },
  { name: "rights", Part: lazy(() => import("./RightsTab")) },
];

/** The settings, one subject a tab; the tab stands in the address. */
export default function SettingsPage() {
  const { t } = useTranslation();
  const { tab } = useParams();
  const { has } = useSession();
  const shown = tabs.filter((one) => one.right === undefined || has(one.right));
  const current = shown.find((one) => one.name === tab);
  if (!current) return <Navigate to={`/settings/${shown[0]?.name ?? "appearance"}`} replace />;
  return (
    <main className="content" id="content">
      <h1 className="question">{t(`settings.${current.name}.question`)}</h1>
      <nav className="tabs" aria-label={t("app.page.settings")}>
        {shown.map((one) => (
          <Link
            key={one.name}
            to={`/settings/${one.name}`}
            aria-current={one === current ? "page" : undefined}
            preventScrollReset
          >
            {t(`settings.${one.name}.tab`)}
          </Link>
        ))}
      </nav>
      <Suspense fallback={<Loading lines={8} height={480} />}>
        <current.Part />
      </Suspense>
    </main>
  );
}
