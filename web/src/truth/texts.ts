/** Words of the page that compares findings with what was planted. */
const zh = {
  question: "系统看到的，和当初埋下的一样吗？",
  working: "正在对照，第一次需要几秒钟。",
  answerAll: "埋下的 {{looked}} 项，系统全部找对了；另有 {{later}} 类已经埋好，还没有功能去找。",
  answerSome:
    "埋下的 {{looked}} 项，系统找对了 {{right}} 项，{{wrong}} 项没有对上；另有 {{later}} 类已经埋好，还没有功能去找。",
  about:
    "这家机构是编出来的，所以真相是已知的。每一行左边是埋下的，右边是系统只看事件记录得出的；有误差的数字，要看真值是否落在 95% 区间里——二十个区间里有一个左右会漏掉，属于正常。",
  fewer: "另外 {{count}} 项数据太少，暂不下结论。",
  caption: "{{group}}：埋下的与找到的",
  column: {
    name: "对照什么",
    planted: "埋下的",
    found: "系统找到的",
    interval: "95% 区间",
    n: "依据（条）",
    verdict: "结果",
  },
  group: {
    journeys: "每条旅程最堵的一步",
    branches: "最慢和最快的网点",
    improvements: "改进有没有用",
    complaints: "本行投诉的业务构成",
    transferred: "监管转送投诉的业务构成",
    figures: "指标与总数",
    later: "已经埋好，还没有去找的",
  },
  verdict: {
    found: "找到了",
    missed: "没有找对",
    within: "在区间内",
    outside: "在区间外",
    not_looked: "还没有去找",
    too_few: "数据太少",
  },
  none: "尚未得出",
} as const;

type Shape<T> = { [K in keyof T]: T[K] extends string ? string : Shape<T[K]> };

const en: Shape<typeof zh> = {
  question: "Does the product see what was planted?",
  working: "Comparing; the first time takes some seconds.",
  answerAll:
    "Of {{looked}} planted things the product finds every one; {{later}} more kinds are planted that nothing looks for yet.",
  answerSome:
    "Of {{looked}} planted things the product gets {{right}} right and {{wrong}} wrong; {{later}} more kinds are planted that nothing looks for yet.",
  about:
    "This institution is made up, so the truth about it is known. Planted stands on the left, and beside it what the product concludes from the recorded events alone. Where a figure is uncertain, ask whether the truth lies inside the 95 % interval; about one interval in twenty misses it, and should.",
  fewer: "For {{count}} more there is too little to conclude anything.",
  caption: "{{group}}: planted and found",
  column: {
    name: "What is compared",
    planted: "Planted",
    found: "Found",
    interval: "95 % interval",
    n: "Based on",
    verdict: "Result",
  },
  group: {
    journeys: "The narrowest passage of each journey",
    branches: "The slowest and the quickest branch",
    improvements: "Whether improvements worked",
    complaints: "Own complaints by business",
    transferred: "Complaints transferred by the regulator, by business",
    figures: "Figures and totals",
    later: "Planted, and not looked for yet",
  },
  verdict: {
    found: "Found",
    missed: "Not found",
    within: "Inside the interval",
    outside: "Outside the interval",
    not_looked: "Not looked for yet",
    too_few: "Too little data",
  },
  none: "none yet",
};

export const texts = { "zh-CN": zh, en } as const;
