/** Words of taking tables and charts out as files. */
const zh = {
  menu: "导出",
  menuOf: "导出：{{name}}",
  csv: "表格 CSV",
  xlsx: "表格 Excel",
  png: "图片 PNG",
  busy: "正在准备文件",
  done: "文件已保存到您的下载文件夹；这次导出已记入审计记录。",
  failed: "没有导出文件。",
  kept: "页面和数据都没有变动，可以再试一次。",
  no: "您的角色不能导出；需要时请联系管理员。",
};

const en: typeof zh = {
  menu: "Export",
  menuOf: "Export: {{name}}",
  csv: "Table as CSV",
  xlsx: "Table as Excel",
  png: "Picture as PNG",
  busy: "Preparing the file",
  done: "The file is in your downloads; this export stands in the audit record.",
  failed: "No file was made.",
  kept: "The page and the data are as they were; you can try again.",
  no: "Your role may not export. Ask an administrator if you need it.",
};

export const texts = { "zh-CN": zh, en };
