import { useTranslation } from "react-i18next";

/** A page broke, or a newer version of the console took its place on the server meanwhile. */
export function PageFailed() {
  const { t } = useTranslation();
  return (
    <main className="content" id="content">
      <h1 className="question">{t("app.failed.title")}</h1>
      <p className="answer">{t("app.failed.answer")}</p>
      <p className="soft measure-width">{t("app.failed.todo")}</p>
      <p className="row">
        <button type="button" className="main" onClick={() => window.location.reload()}>
          {t("app.failed.reload")}
        </button>
        <a href="/">{t("app.backToOverview")}</a>
      </p>
    </main>
  );
}
