import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import { addressOf, currentOf, type Page, places } from "../pages";
import { useAppearance } from "../theme/Theme";

/** Most ways that easy mode offers at once. */
const EASY_CHOICES = 4;

/** The five places and the settings, with the pages of each that this role may use. */
export function Places({ pages, inDrawer = false }: { pages: readonly Page[]; inDrawer?: boolean }) {
  const { t } = useTranslation();
  const { easy } = useAppearance();
  const menu = pages.filter((page) => page.menu !== false);
  return (
    <nav className={inDrawer ? "places in-drawer" : "places"} aria-label={t("app.places")}>
      {easy && menu.length > EASY_CHOICES ? <FewPlaces menu={menu} /> : <AllPlaces menu={menu} />}
    </nav>
  );
}

function AllPlaces({ menu }: { menu: readonly Page[] }) {
  const { t } = useTranslation();
  const id = useId();
  return places.map((place) => {
    const own = menu.filter((page) => page.place === place);
    if (own.length === 0) return null;
    const alone = place === "overview" || place === "settings";
    return (
      <div key={place} className={`place-group ${place}`}>
        {!alone && (
          <p className="place-name" id={`${id}-${place}`}>
            {t(`app.place.${place}`)}
          </p>
        )}
        <ul aria-labelledby={alone ? undefined : `${id}-${place}`}>
          {own.map((page) => (
            <li key={page.path}>
              <PlaceLink page={page} menu={menu} />
            </li>
          ))}
        </ul>
      </div>
    );
  });
}

/** Easy mode: a few ways, and one more that shows the rest when asked. */
function FewPlaces({ menu }: { menu: readonly Page[] }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  if (all) return <AllPlaces menu={menu} />;
  const firsts = places.flatMap((place) => menu.find((page) => page.place === place) ?? []);
  return (
    <ul>
      {firsts.slice(0, EASY_CHOICES - 1).map((page) => (
        <li key={page.path}>
          <PlaceLink page={page} menu={menu} />
        </li>
      ))}
      <li>
        <button type="button" className="place-more" onClick={() => setAll(true)}>
          {t("app.morePlaces")}
        </button>
      </li>
    </ul>
  );
}

function PlaceLink({ page, menu }: { page: Page; menu: readonly Page[] }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const here = currentOf(menu, pathname) === page;
  return (
    <Link to={addressOf(page)} className={here ? "here" : undefined} aria-current={here ? "page" : undefined}>
      {t(page.text)}
    </Link>
  );
}
