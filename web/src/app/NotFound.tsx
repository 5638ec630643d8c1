import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Empty } from "../shared/states";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <main className="content" id="content">
      <h1 className="answer">{t("app.notFound")}</h1>
      <Empty title={t("app.notFoundDo")}>
        <Link to="/">{t("app.backToOverview")}</Link>
      </Empty>
    </main>
  );
}
