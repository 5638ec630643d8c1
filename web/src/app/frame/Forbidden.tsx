import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { rightKey } from "../../access/rights";
import { useSession } from "../../access/session";
import type { Page } from "../pages";

/** A page that exists but is not for this role: which right it needs, and who can give it. */
export function Forbidden({ page }: { page: Page }) {
  const { t } = useTranslation();
  const { session } = useSession();
  const role = session.user?.role ?? "agent";
  const rights = typeof page.right === "string" ? [page.right] : (page.right ?? []);
  return (
    <main className="content" id="content">
      <h1 className="question">{t(page.text)}</h1>
      <p className="answer">{t("app.forbidden.answer")}</p>
      <p className="soft measure-width">
        {t("app.forbidden.why", {
          role: t(`access.role.${role}`),
          right: rights.map((right) => t(`access.right.${rightKey(right)}`)).join(t("shared.comma")),
        })}
      </p>
      <p className="row">
        <Link to="/">{t("app.backToStart")}</Link>
      </p>
    </main>
  );
}
