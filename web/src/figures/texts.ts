/** Words of the page about the figures. */
const zh = {
  question: "每个数字是怎么算出来的？能有多大把握？",
  answer: "这里一共有 {{count}} 项指标，每项都写明数什么、除以什么、不算什么，以及误差范围怎么来。",
  find: "查找指标",
  none: "没有哪项指标里写着“{{words}}”。换个词试试。",
  unit: "单位",
  id: "编号",
  units: {
    share: "占比",
    seconds: "秒",
    hours: "小时",
    points: "分（−100 至 +100）",
    score: "分",
    per_10000: "每万名客户",
    count: "件数",
  },
  column: {
    id: "编号",
    nameZh: "中文名称",
    nameEn: "英文名称",
    textZh: "中文说明",
    textEn: "英文说明",
    intervalZh: "区间（中文）",
    intervalEn: "区间（英文）",
    source: "来源",
  },
  intervals: {
    title: "误差范围怎么看",
    what: "每个数字旁边的横条是 95% 区间：同样的服务换一批客户再量一次，结果很可能也落在这个范围里。圆点是这一次量到的值。",
    width: "量的人越多，横条越短。横条很长，说明现在还说不准，不是谁做得不好。",
    few: "样本太少时，只给出数字和人数，不给结论。",
    ranks: "样本不够的单位不参加排名，免得碰巧的一两件事决定名次。",
    compare: "比较两个数字时，两条横条互不重叠，才可以放心地说有差别。",
  },
};

const en: typeof zh = {
  question: "How is each figure counted, and how sure can we be?",
  answer:
    "There are {{count}} figures. Each says what it counts, out of what, what it leaves out, and where its interval comes from.",
  find: "Find a figure",
  none: "“{{words}}” stands in none of the figures. Try another word.",
  unit: "Unit",
  id: "Identifier",
  units: {
    share: "share",
    seconds: "seconds",
    hours: "hours",
    points: "points (−100 to +100)",
    score: "score",
    per_10000: "per 10,000 customers",
    count: "number",
  },
  column: {
    id: "Identifier",
    nameZh: "Name in Chinese",
    nameEn: "Name in English",
    textZh: "Definition in Chinese",
    textEn: "Definition in English",
    intervalZh: "Interval (Chinese)",
    intervalEn: "Interval (English)",
    source: "Source",
  },
  intervals: {
    title: "How to read the intervals",
    what: "The bar beside a figure is its 95% interval: with the same service and other customers, the result would very likely lie in it too. The dot is what was measured this time.",
    width:
      "The more people were measured, the shorter the bar. A long bar says that we cannot tell yet, not that somebody did badly.",
    few: "With very few cases the figure and their number are shown, and no conclusion.",
    ranks: "Units with too few cases are not ranked, so that one or two chance events never decide a place.",
    compare: "Two figures surely differ where their bars do not overlap.",
  },
};

export const texts = { "zh-CN": zh, en };
