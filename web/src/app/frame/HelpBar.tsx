import { useTranslation } from "react-i18next";
import { useHouse } from "../../settings/house";
import { Icon } from "../../shared/Icon";
import { ReadAloud } from "../../shared/ReadAloud";

/** Easy mode: have the page read aloud, or speak with a person; always in the same corner. */
export function HelpBar() {
  const { t } = useTranslation();
  const house = useHouse();
  const phone = house.data?.help_phone;
  return (
    <aside className="help-bar" aria-label={t("app.help.title")}>
      <ReadAloud />
      {phone ? (
        <a className="big" href={`tel:${phone.replace(/[^\d+]/g, "")}`}>
          <Icon name="phone" />
          <span>{t("app.help.call", { phone })}</span>
        </a>
      ) : (
        <p className="soft">{t("app.help.ask")}</p>
      )}
    </aside>
  );
}
