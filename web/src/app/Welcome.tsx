import { Trans, useTranslation } from "react-i18next";

/** The page of an empty record; it teaches by example. */
export function Welcome() {
  const { t } = useTranslation();
  return (
    <main className="content" id="content">
      <h1 className="question">{t("app.question")}</h1>
      <p className="answer">{t("app.welcome.title")}</p>
      <p className="soft measure-width">{t("app.welcome.why")}</p>
      <p className="soft measure-width">
        <Trans t={t} i18nKey="app.welcome.home" components={{ code: <code /> }} />
      </p>
      <ol className="ways">
        {(["own", "journey", "demo"] as const).map((way) => (
          <li key={way}>
            <p className="strong">{t(`app.welcome.${way}.title`)}</p>
            <p className="soft measure-width">{t(`app.welcome.${way}.text`)}</p>
            <pre>
              <code>{t(`app.welcome.${way}.command`)}</code>
            </pre>
          </li>
        ))}
      </ol>
    </main>
  );
}
