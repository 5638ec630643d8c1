import { useTranslation } from "react-i18next";
import { Looks } from "../settings/AppearanceTab";
import { Outcome, useAct } from "../shared/acts";
import { OwnPassword } from "./OwnPassword";
import { Passkeys } from "./Passkeys";
import { inLanguage, type Session, type SessionUser, useSession } from "./session";

/** One's own account: who I am here, password, passkeys, how the place looks. */
export default function AccountPage() {
  const { t } = useTranslation();
  const { session, refresh } = useSession();
  const act = useAct();
  const user = session.user;
  if (!user) return null;
  return (
    <main className="content" id="content">
      <h1 className="question">{t("access.account.question")}</h1>
      <p className="answer">
        {user.passkeys > 0 ? t("access.account.answer", { count: user.passkeys }) : t("access.account.answerNone")}
      </p>
      <AboutMe session={session} user={user} />
      <Passkeys />
      {user.has_password && (
        <section className="block-section narrow" aria-labelledby="password-title">
          <h2 id="password-title">{t("access.account.password")}</h2>
          <OwnPassword
            changed={() =>
              void act.run(async () => {
                await refresh();
                return t("access.own.saved");
              })
            }
          />
          <Outcome act={act} />
        </section>
      )}
      <section className="block-section" aria-labelledby="look-title">
        <h2 id="look-title">{t("access.account.look")}</h2>
        <Looks />
      </section>
    </main>
  );
}

function AboutMe({ session, user }: { session: Session; user: SessionUser }) {
  const { t, i18n } = useTranslation();
  const unit = user.unit_name ? inLanguage(user.unit_name, i18n.language) : user.unit;
  const whole = t(user.role === "customer" ? "access.account.ownOnly" : "access.account.whole");
  return (
    <section aria-labelledby="about-me">
      <h2 id="about-me" className="unseen">
        {t("access.account.about")}
      </h2>
      <dl className="facts fields">
        <div>
          <dt>{t("access.account.shown")}</dt>
          <dd>{user.display_name}</dd>
        </div>
        <div>
          <dt>{t("access.account.user")}</dt>
          <dd>{user.name}</dd>
        </div>
        <div>
          <dt>{t("access.account.role")}</dt>
          <dd>{t(`access.role.${user.role}`)}</dd>
        </div>
        <div>
          <dt>{t("access.account.reach")}</dt>
          <dd>{!session.whole && unit ? t("access.account.below", { unit }) : whole}</dd>
        </div>
      </dl>
    </section>
  );
}
