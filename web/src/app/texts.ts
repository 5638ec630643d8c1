/** Words of the frame and the first page; each language is written for its own readers. */
const zh = {
  name: "贴心 Tiexin",
  home: "回到总览",
  skip: "跳到正文",
  places: "页面导航",
  overview: "总览",
  section: {
    quality: "质量指标",
    journey: "旅程地图",
    bottlenecks: "等待集中处",
    variants: "常见走法",
    rework: "返工",
  },
  language: "语言",
  appearance: "外观",
  theme: { system: "随系统", light: "浅色", dark: "深色" },
  keys: "快捷键",
  key: {
    find: { key: "/", does: "在旅程中查找步骤" },
    help: { key: "?", does: "打开这份快捷键说明" },
    move: { key: "← ↑ ↓ →", does: "选中地图后移动地图" },
    zoom: { key: "+ −", does: "选中地图后放大、缩小（鼠标：按住 Ctrl 或 ⌘ 滚动）" },
    fit: { key: "0", does: "选中地图后回到最初的大小" },
    close: { key: "Esc", does: "关闭侧边详情" },
  },
  question: "客户得到了怎样的服务？在哪里等待？",
  period: "{{from}} 至 {{to}}",
  wholeRecord: "全部记录",
  noJourney: "记录中还没有旅程，因此还看不出客户在哪里等待；下面是已有的质量指标。",
  notFound: "这个地址下没有页面。",
  notFoundDo: "链接可能少了一截，或者页面已经搬走。",
  backToOverview: "回到总览",
  welcome: {
    title: "记录还是空的。导入一份您手头的文件，几分钟后这里就会告诉您客户在哪里等待。",
    why: "一次接触是一个事件：一通来电、一张排队票、一次投诉、一份问卷、流程中的一步。重复导入不会重复计数，读不懂的行会连同原因单独列出。",
    home: "请在运行本服务的电脑上执行下列命令。如果启动服务时用了 <code>--home</code>，导入时也要写上同一个：<code>tiexin --home …… import</code>；设了 <code>TIEXIN_HOME</code> 也一样。导入后请刷新本页。",
    own: {
      title: "用自己的表格开始",
      text: "第一条命令查看文件的列，把推测的对应关系写入 contacts.yaml。请逐行核对，尤其是时区和接触的种类，然后用第二条命令导入。",
      command:
        "tiexin import --suggest contacts.csv --out contacts.yaml\ntiexin import contacts.csv --as mapping --mapping contacts.yaml",
    },
    journey: {
      title: "导入流程日志（XES）",
      text: "XES 可直接读取，压缩与否均可，无需填写对应关系。另有几种公开的呼叫、工单、投诉数据格式也已备好，见 tiexin import --help 中的 --as。",
      command: "tiexin import loans.xes.gz --as xes --journey loan",
    },
    demo: {
      title: "先看一家虚拟银行",
      text: "一年的接触数据，单独存放，不影响您的记录；这里不要加 --home。准备好后，命令会给出网址。",
      command: "tiexin demo --port 0",
    },
  },
};

const en: typeof zh = {
  name: "Tiexin 贴心",
  home: "Back to the overview",
  skip: "Skip to the content",
  places: "Pages",
  overview: "Overview",
  section: {
    quality: "Quality figures",
    journey: "Journey map",
    bottlenecks: "Bottlenecks",
    variants: "Ways taken",
    rework: "Rework",
  },
  language: "Language",
  appearance: "Appearance",
  theme: { system: "System", light: "Light", dark: "Dark" },
  keys: "Keys",
  key: {
    find: { key: "/", does: "Find a step in the journey" },
    help: { key: "?", does: "Show this list of keys" },
    move: { key: "← ↑ ↓ →", does: "Move the map once it has the focus" },
    zoom: { key: "+ −", does: "Zoom the map once it has the focus (mouse: Ctrl or ⌘ and the wheel)" },
    fit: { key: "0", does: "Bring the map back to its first size" },
    close: { key: "Esc", does: "Close the panel on the right" },
  },
  question: "How are our customers served, and where do they wait?",
  period: "{{from}} to {{to}}",
  wholeRecord: "the whole record",
  noJourney: "No journey is in the record yet, so waiting cannot be seen; the quality figures we do have stand below.",
  notFound: "There is no page at this address.",
  notFoundDo: "The link may have lost its end, or the page has moved.",
  backToOverview: "Back to the overview",
  welcome: {
    title:
      "The record is empty. Bring in a file you already have, and in a few minutes this page tells where your customers wait.",
    why: "A contact is an event: a call, a queue ticket, a complaint, a survey answer, a step of a process. Importing a file twice never counts it twice, and rows that cannot be read are listed with their reason.",
    home: "Run the commands on the machine of this server. If it was started with <code>--home</code>, import with the same one: <code>tiexin --home … import</code>; the same holds for <code>TIEXIN_HOME</code>. Then reload this page.",
    own: {
      title: "Start with your own table",
      text: "The first line looks at the columns and writes its guess to contacts.yaml. Check it line by line, above all the time zone and the kind of contact; the second line imports.",
      command:
        "tiexin import --suggest contacts.csv --out contacts.yaml\ntiexin import contacts.csv --as mapping --mapping contacts.yaml",
    },
    journey: {
      title: "Import a process log (XES)",
      text: "XES is read as it stands, plain or gzipped; there is no mapping to write. Some published formats of calls, tickets and complaints are ready too: see --as in tiexin import --help.",
      command: "tiexin import loans.xes.gz --as xes --journey loan",
    },
    demo: {
      title: "Look at a made-up bank first",
      text: "A year of contacts, kept in a place of its own, so leave --home out here; your record is not touched. When all is ready, the command names the address to open.",
      command: "tiexin demo --port 0",
    },
  },
};

export const texts = { "zh-CN": zh, en };
