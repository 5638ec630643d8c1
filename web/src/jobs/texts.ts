/** Words of long-running work; each language is written for its own readers. */
const zh = {
  tray_one: "{{count}} 项任务进行中",
  tray_other: "{{count}} 项任务进行中",
  cancelling: "正在取消，已入库的会保留",
  state: {
    queued: "等候",
    running: "进行中",
    succeeded: "已完成",
    failed: "未完成",
    cancelled: "已取消",
  },
  fault: {
    job_interrupted: "处理程序中途停了。已入库的都保留着，再试一次会从停下的地方继续，不会重复计数。",
    job_out_of_memory: "这份文件需要的内存超过了单项任务的上限。请把文件拆小后再导入，或请管理员调高上限。",
    job_time_limit: "处理时间超过了上限。已入库的都保留着；请把文件拆小后再试。",
    job_cancelled: "这项任务被取消了。取消之前入库的都保留着，再试一次会接着做。",
    too_many_rejects:
      "不合格的行太多，导入停了下来。此前的行都已入库。请先看看下面的原因，多半是某一列的对应关系需要调整。",
    import_malformed: "文件从某一处起无法读取，可能不完整或已损坏。此前的行都已入库。",
    import_limit: "文件超出了导入的上限。此前的行都已入库。",
    invalid_mapping: "列的对应关系有一处不成立，没有导入任何行。请回到上一步修改。",
    import_option: "有一个选项与这份文件不相配，没有导入任何行。请回到上一步修改。",
    import_file_missing: "这份文件已过保存期，请重新上传。",
    other: "这项任务没有完成。已入库的都保留着，可以再试一次。",
  },
};

const en: typeof zh = {
  tray_one: "{{count}} task running",
  tray_other: "{{count}} tasks running",
  cancelling: "Cancelling; what was stored stays",
  state: {
    queued: "Waiting",
    running: "Running",
    succeeded: "Done",
    failed: "Not finished",
    cancelled: "Cancelled",
  },
  fault: {
    job_interrupted:
      "The program doing the work stopped midway. Everything stored so far is kept; trying again goes on from there and counts nothing twice.",
    job_out_of_memory:
      "This file needs more memory than one task may use. Split it into smaller files, or ask an administrator for a higher limit.",
    job_time_limit: "The work took longer than allowed. Everything stored so far is kept; a smaller file will do it.",
    job_cancelled: "This task was cancelled. What had been stored before is kept; trying again goes on from there.",
    too_many_rejects:
      "Too many rows did not fit, so the import stopped. The rows before are stored. Look at the reasons below first: usually one column needs another meaning.",
    import_malformed:
      "From some place on the file cannot be read; it may be incomplete or damaged. The rows before are stored.",
    import_limit: "The file goes beyond a limit of imports. The rows before are stored.",
    invalid_mapping: "One of the column meanings does not hold; no row was imported. Go back and change it.",
    import_option: "One option does not suit this file; no row was imported. Go back and change it.",
    import_file_missing: "This file is no longer kept. Please upload it again.",
    other: "This task did not finish. Everything stored so far is kept, and you can try again.",
  },
};

export const texts = { "zh-CN": zh, en };
