/** Why a receipt does not hold, or cannot be settled: what is wrong, and what to do, without blaming who holds it. */
export const zh = {
  proof_form: "这不是一张完整的回执：可能只复制了一部分，或者用别的软件改存过。请用原来收到的那个文件再试一次。",
  note_form: "回执里签名的那一段不完整，或者被改动过。请用原来收到的那个文件再试一次。",
  checkpoint_form: "回执里日志指纹的那一段不完整，或者被改动过。请用原来收到的那个文件再试一次。",
  opening_form: "回执里记录内容的那一段不完整，或者被改动过。请用原来收到的那个文件再试一次。",
  no_opening: "这张回执里没有附上所记的内容，所以看不出它证明的是哪件事。请向开具的机构要一张带内容的回执。",
  opening_unknown: "这张回执是用本页还不认识的新格式写的。请到开具机构的网站上核对。",
  record_place: "回执里的内容属于另一条记录，和它所说的位置对不上。有人可能把两张回执拼在了一起。",
  proof_place: "回执所说的位置不在它所说的日志里。它被改动过，或者是编造的。",
  proof_length: "从记录算到日志指纹的那串数少了或多了。回执不完整，或者被改动过。",
  proof_root:
    "用回执里的内容算出来的结果，和签过名的日志指纹对不上。内容里至少有一个字和当时记下的不同，或者位置被改过。",
  signature_wrong: "{{origin}} 的签名对不上：日志指纹在签名之后被改动过，或者签名是假的。",
  witness_wrong: "见证人 {{name}} 的签名对不上：它被改动过，或者是假的。",
  log_unknown:
    "回执说它由 {{origin}} 开具，而下面这些钥匙属于别家。请到开具机构的网站上核对，或在下面粘贴它公布的钥匙。",
  key_unknown:
    "回执写着 {{origin}} 的名字，但没有用我们认得的钥匙签名。可能是用旧钥匙签的，也可能是冒名的。请向该机构要它公布的钥匙，粘贴在下面再核对。",
  witness_few:
    "现在要求至少 {{needed}} 位见证人签名，这里有 {{seen}} 位。回执若是在有见证人之前开的，就会这样；向机构要一张新的，就能带上见证人的签名。",
  witness_unchecked: "有见证人用了浏览器还核对不了的签名方式。用 tiexin trust verify 命令可以核对它们。",
  file_large: "文件超过 {{mebibytes}} MB，不会是一张回执。",
  file_unknown: "这个文件不是回执（.tlog-proof）、凭证（PDF）或材料包（ZIP）。",
  file_without: "文件打开了，里面没有找到回执。如果是打印后再扫描的凭证，请用当初收到的电子文件。",
  file_many: "里面的回执超过 {{most}} 张，请分开核对。",
  zip_form: "材料包不完整或已损坏。请重新下载后再试。",
  link_form: "码里的内容不完整。请再扫一次，或者用回执文件核对。",
  link_absent: "第 {{number}} 条和码里的不是同一条。这个码可能被改过，或者是编造的；请不要相信印着它的那张纸。",
  link_new: "公开的日志现有 {{size}} 条，还没有发布到第 {{number}} 条。如果凭证刚刚开出，请过一会儿再查。",
  link_offline: "没能取到公开的日志。请检查网络后再试，或者用电子版的凭证核对，那不需要网络。",
  log_broken: "公开的日志里有一段读不通，现在查不了。请过一会儿再试，或者用电子版的凭证核对。",
  unread: "浏览器读不出这个文件。请再选一次；它可能已被移动或正被别的程序占用。",
};

export const en: typeof zh = {
  proof_form:
    "This is no complete receipt: perhaps only a part was copied, or another program saved it. Try again with the file as you received it.",
  note_form: "The signed part of the receipt is incomplete or was changed. Try again with the file as you received it.",
  checkpoint_form:
    "The part with the fingerprint of the log is incomplete or was changed. Try again with the file as you received it.",
  opening_form:
    "The part with the recorded content is incomplete or was changed. Try again with the file as you received it.",
  no_opening:
    "This receipt does not carry what was recorded, so nobody can see which matter it proves. Ask the institution for one that does.",
  opening_unknown:
    "This receipt is written in a newer form that this page does not know yet. Check it on the website of the institution that made it.",
  record_place:
    "The content belongs to another entry than the place the receipt names. Somebody may have joined parts of two receipts.",
  proof_place: "The place the receipt names is not within the log it names. It was changed, or made up.",
  proof_length:
    "The numbers that lead from the record to the fingerprint of the log are too few or too many. The receipt is incomplete or was changed.",
  proof_root:
    "What the content of this receipt leads to is not the signed fingerprint of the log. At least one letter differs from what was written down, or the place was changed.",
  signature_wrong:
    "The signature of {{origin}} does not fit: the fingerprint of the log was changed after it was signed, or the signature is false.",
  witness_wrong: "The signature of the witness {{name}} does not fit: it was changed, or it is false.",
  log_unknown:
    "The receipt says that {{origin}} made it, and the keys below belong to somebody else. Check it on the website of that institution, or paste the key it publishes below.",
  key_unknown:
    "The receipt bears the name of {{origin}}, but no key we know has signed it. It may be an older key, or somebody else using the name. Ask the institution for the key it publishes, paste it below, and check again.",
  witness_few:
    "By now at least {{needed}} must have signed, and here it is {{seen}}. That is so for receipts from before there were witnesses; a new one from the institution bears their signatures.",
  witness_unchecked: "A witness signed in a way that browsers cannot check yet. The command tiexin trust verify can.",
  file_large: "The file is larger than {{mebibytes}} MB; that is no receipt.",
  file_unknown: "This file is no receipt (.tlog-proof), certificate (PDF) or bundle of papers (ZIP).",
  file_without:
    "The file opened, but there is no receipt in it. If it is a scan of a printed certificate, use the file you first received.",
  file_many: "There are more than {{most}} receipts in it; please check them in parts.",
  zip_form: "The bundle is incomplete or damaged. Download it again, then try once more.",
  link_form: "What the code carries is incomplete. Scan it again, or use the file of the receipt.",
  link_absent:
    "Entry {{number}} is not the one of the code. The code may have been changed or made up; please do not rely on the paper that bears it.",
  link_new:
    "The public log has {{size}} entries now and does not reach entry {{number}} yet. If the certificate is quite new, look again in a while.",
  link_offline:
    "The public log could not be fetched. Check the network and try again, or use the electronic certificate, which needs none.",
  log_broken:
    "A stretch of the public log cannot be read, so nothing can be said now. Try again in a while, or use the electronic certificate.",
  unread: "The browser could not read this file. Choose it again; it may have been moved, or another program holds it.",
};
