import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate, Outlet, ScrollRestoration, useLocation } from "react-router";
import { useKeptPreferences } from "../../access/preferences";
import { useSession } from "../../access/session";
import { Icon } from "../../shared/Icon";
import { useHotkey } from "../../shared/keys";
import { pagesFor } from "../pages";
import { useAppearance } from "../theme/Theme";
import { HelpBar } from "./HelpBar";
import { Keys } from "./Keys";
import { Places } from "./Places";
import { Search } from "./Search";
import { Tools } from "./Tools";

/** What stands around every page: the places on the left; search, language, easy mode and the reader above. */
export function Frame() {
  const { session } = useSession();
  const { pathname, search, hash } = useLocation();
  if (!session.signed_in || session.user?.must_change_password) {
    const next = `${pathname}${search}${hash}`;
    return <Navigate to={next === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(next)}`} replace />;
  }
  return <Standing />;
}

function Standing() {
  const { t } = useTranslation();
  const { session, has } = useSession();
  const { easy } = useAppearance();
  const [keys, setKeys] = useState(false);
  const [drawer, setDrawer] = useState(false);
  useKeptPreferences();
  useHotkey("?", () => setKeys(true));
  useFocusOnArrival();
  const shown = pagesFor(has, session.demo);
  return (
    <div className={easy ? "frame easy" : "frame"}>
      <a className="skip" href="#content">
        {t("app.skip")}
      </a>
      <header className="top">
        <button type="button" className="icon only-narrow" aria-expanded={drawer} onClick={() => setDrawer(true)}>
          <Icon name="menu" />
          <span className="unseen">{t("app.places")}</span>
        </button>
        <Link to="/" className="mark">
          <span className="mark-zh" lang="zh-CN">
            贴心
          </span>
          <span className="mark-latin">Tiexin</span>
          <span className="unseen">{t("app.home")}</span>
        </Link>
        {session.user?.role !== "customer" && <Search pages={shown} />}
        <Tools showKeys={() => setKeys(true)} />
      </header>
      <Places pages={shown} />
      <Outlet />
      {easy && <HelpBar />}
      <Drawer open={drawer} close={() => setDrawer(false)}>
        <Places pages={shown} inDrawer />
      </Drawer>
      <Keys open={keys} close={() => setKeys(false)} />
      <ScrollRestoration />
    </div>
  );
}

/** After a change of page the reader, also one who listens, stands at its beginning. */
function useFocusOnArrival() {
  const { pathname } = useLocation();
  const first = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus follows the page, which its path names.
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    const content = document.getElementById("content");
    content?.setAttribute("tabindex", "-1");
    content?.focus({ preventScroll: true });
  }, [pathname]);
}

/** The places on a narrow screen; the browser's own dialog keeps the focus inside and closes with Escape. */
function Drawer({ open, close, children }: { open: boolean; close: () => void; children: React.ReactNode }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: arriving at another page closes the drawer.
  useEffect(close, [pathname]);
  return (
    <dialog ref={dialog} className="drawer" aria-label={t("app.places")} onClose={close}>
      <button type="button" className="icon" onClick={close}>
        <Icon name="close" />
        <span className="unseen">{t("shared.close")}</span>
      </button>
      {open && children}
    </dialog>
  );
}
