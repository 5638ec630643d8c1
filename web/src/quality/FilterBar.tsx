import { Button, DatePicker, Select } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import { type Filters, filterNames } from "../shared/address";
import { useNames } from "../shared/names";
import { type Dimension, useMembers } from "./api";
import { inLanguage } from "./types";

interface Props {
  filters: Filters;
  change: (changes: Record<string, string | null>) => void;
  first?: string | undefined;
  last?: string | undefined;
}

/** Period × channel × branch × product × segment; what is chosen stands in the address. */
export default function FilterBar({ filters, change, first, last }: Props) {
  const { t } = useTranslation();
  const any = filterNames.some((name) => filters[name]);
  return (
    <search className="filters" aria-label={t("quality.filters")}>
      <DatePicker.RangePicker
        id={{ start: "filter-from", end: "filter-to" }}
        aria-label={t("quality.period")}
        allowEmpty={[true, true]}
        placeholder={[t("quality.from"), t("quality.to")]}
        value={[filters.from ? dayjs(filters.from) : null, filters.to ? dayjs(filters.to) : null]}
        onChange={(days) =>
          change({ from: days?.[0]?.format("YYYY-MM-DD") ?? null, to: days?.[1]?.format("YYYY-MM-DD") ?? null })
        }
        defaultPickerValue={[dayjs(first), dayjs(last)]}
      />
      {(["channel", "branch", "product", "segment"] as const).map((dimension) => (
        <Member
          key={dimension}
          dimension={dimension}
          value={filters[dimension]}
          choose={(value) => change({ [dimension]: value })}
        />
      ))}
      {any && (
        <Button type="text" onClick={() => change(Object.fromEntries(filterNames.map((name) => [name, null])))}>
          {t("quality.clear")}
        </Button>
      )}
    </search>
  );
}

interface MemberProps {
  dimension: Dimension;
  value: string | undefined;
  choose: (value: string | null) => void;
}

function Member({ dimension, value, choose }: MemberProps) {
  const { t, i18n } = useTranslation();
  const nameOf = useNames();
  const members = useMembers(dimension);
  const options = (members.data?.groups ?? []).flatMap(({ key, name }) =>
    key === null ? [] : [{ value: key, label: name ? inLanguage(name, i18n.language) : nameOf("member", key) }],
  );
  if (!value && members.isSuccess && options.length < 2) return null;
  return (
    <Select
      id={`filter-${dimension}`}
      aria-label={t(`quality.dimension.${dimension}`)}
      className="filter"
      allowClear
      showSearch={{ optionFilterProp: "label" }}
      loading={members.isLoading}
      placeholder={t(`quality.every.${dimension}`)}
      value={value ?? null}
      options={options}
      onChange={(next) => choose(next ?? null)}
      popupMatchSelectWidth={false}
    />
  );
}
