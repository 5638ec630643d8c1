/** Words of the pages of contacts: the search, one contact, one subject. */
const zh = {
  title: "接触",
};

const en: typeof zh = {
  title: "Contacts",
};

export const texts = { "zh-CN": zh, en };
