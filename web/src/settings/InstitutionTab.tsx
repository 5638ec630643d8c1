import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId } from "react";
import { useTranslation } from "react-i18next";
import { ask } from "../api/client";
import { Outcome, useAct } from "../shared/acts";
import { Failure, Loading } from "../shared/states";
import { type House, useHouse } from "./house";

/** What the institution says to everybody: its name, whom to call for help, how to complain. */
export default function InstitutionTab() {
  const { t } = useTranslation();
  const house = useHouse();
  if (house.isError) return <Failure error={house.error} retry={() => void house.refetch()} />;
  if (!house.data) return <Loading lines={8} height={400} />;
  return (
    <>
      <p className="answer">
        {house.data.help_phone
          ? t("settings.institution.answer", { phone: house.data.help_phone })
          : t("settings.institution.answerNone")}
      </p>
      <HouseForm house={house.data} />
    </>
  );
}

function HouseForm({ house }: { house: House }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const act = useAct();
  const keep = (next: House) =>
    act.run(async () => {
      queries.setQueryData(["house"], await ask<House>("/v1/settings/house", { method: "PUT", json: next }));
      return t("settings.saved");
    });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    void keep(Object.fromEntries(new FormData(event.currentTarget)) as unknown as House);
  };
  return (
    <form onSubmit={submit}>
      <div className="fields">
        <Field name="name_zh" label={t("settings.institution.nameZh")} value={house.name_zh} max={100} />
        <Field name="name_en" label={t("settings.institution.nameEn")} value={house.name_en} max={100} />
        <Field name="help_phone" label={t("settings.institution.phone")} value={house.help_phone} max={40} phone />
      </div>
      <div className="fields">
        <Field
          name="complain_zh"
          label={t("settings.institution.complainZh")}
          value={house.complain_zh}
          max={2000}
          long
        />
        <Field
          name="complain_en"
          label={t("settings.institution.complainEn")}
          value={house.complain_en}
          max={2000}
          long
        />
      </div>
      <p className="row">
        <button type="submit" className="main" disabled={act.busy}>
          {t("settings.save")}
        </button>
      </p>
      <Outcome act={act} />
    </form>
  );
}

interface FieldProps {
  name: keyof House;
  label: string;
  value: string;
  max: number;
  phone?: boolean;
  long?: boolean;
}

function Field({ name, label, value, max, phone = false, long = false }: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {long ? (
        <textarea id={id} name={name} defaultValue={value} maxLength={max} />
      ) : (
        <input
          id={id}
          name={name}
          type={phone ? "tel" : "text"}
          defaultValue={value}
          maxLength={max}
          pattern={phone ? "[0-9+()\\- ]*" : undefined}
        />
      )}
    </div>
  );
}
