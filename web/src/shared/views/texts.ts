/** Words of saved views. */
const zh = {
  menu: "常用视图",
  none: "还没有保存的视图。先选好筛选条件，再把它存下来，下次一点就到。",
  save: "保存现在的视图",
  mine: "我的",
  others: "同事分享的",
  by: "{{name}} 分享",
  name: "视图名称",
  nameHint: "例如：上周的电话投诉",
  share: "让同事也能看到",
  shareNote: "分享的只是筛选条件；每个人看到的内容仍由各自的权限决定。",
  keep: "保存",
  cancel: "取消",
  remove: "删除视图：{{name}}",
  removed: "已删除“{{name}}”。",
  undo: "撤销",
  restored: "已恢复“{{name}}”。",
  shared: "已分享",
  failed: "没有保存。",
};

const en: typeof zh = {
  menu: "Saved views",
  none: "No views yet. Choose your filters, save them here, and come back with one click.",
  save: "Save this view",
  mine: "Mine",
  others: "Shared by colleagues",
  by: "Shared by {{name}}",
  name: "Name of the view",
  nameHint: "For example: last week's calls with complaints",
  share: "Let colleagues see it too",
  shareNote: "Only the filters are shared; what each person sees still depends on their own rights.",
  keep: "Save",
  cancel: "Cancel",
  remove: "Delete the view {{name}}",
  removed: "Deleted “{{name}}”.",
  undo: "Undo",
  restored: "“{{name}}” is back.",
  shared: "Shared",
  failed: "It was not saved.",
};

export const texts = { "zh-CN": zh, en };
