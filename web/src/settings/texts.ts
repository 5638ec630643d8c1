/** Words of the settings, the audit trail, consumer protection and the customer's own page. */
const zh = {
  title: "设置",
};

const en: typeof zh = {
  title: "Settings",
};

export const texts = { "zh-CN": zh, en };
