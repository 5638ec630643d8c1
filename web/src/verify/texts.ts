/** Words of the page that checks receipts: for somebody who never heard of hashes, and may be in a dispute. */
const zh = {
  between: "",
  question: "这张回执是真的吗？",
  answer: "把回执放进来，您的浏览器当场核对。文件不会离开您的设备，也不用登录。",
  enter: "登录",
  fromSignIn: "只想核对一张回执？不用登录，请到这里",
  back: "回到我的页面",
  drop: {
    title: "把回执文件拖到这里",
    what: "可以是回执（.tlog-proof）、凭证（PDF）或一件事的全套材料（ZIP）。核对只在您的浏览器里进行，不会上传。",
    choose: "选择文件",
    another: "核对另一个文件",
    paste: "手上只有文字？粘贴在这里",
    pasteLabel: "回执全文，从 c2sp.org/tlog-proof@v1 这一行开始",
    pasteDo: "核对这段文字",
    busy: "正在核对……",
  },
  link: {
    title: "您扫的码指向 {{origin}} 日志的第 {{number}} 条。",
    what: "现在就可以查它是不是真在日志里：浏览器会取几段公开的数自己来算。服务器只看得到您在查哪一段，看不到是哪一条。",
    look: "在公开的日志里查",
    found: "查到了：第 {{number}} 条正是码里的那一条，日志现有 {{size}} 条，签名对得上。",
    file: "码里只有指纹，没有内容。想看记下的内容、完整核对，请把电子版的凭证放到下面。",
    same: "它和您扫的码是同一条记录。",
    other: "请注意：它和您扫的码不是同一条记录。",
  },
  all_one: "这张回执是真的。",
  all_other: "{{count}} 张回执都是真的。",
  some: "{{count}} 张回执里，{{good}} 张是真的；其余的请看下面。",
  pick: "选一张看详情",
  listing: {
    fit_one: "材料包里的 {{count}} 个文件都和清单一致。清单本身的签章，可请调解方或法院用通用工具核对。",
    fit_other: "材料包里的 {{count}} 个文件都和清单一致。清单本身的签章，可请调解方或法院用通用工具核对。",
    unfit_one: "材料包里有 {{count}} 个文件和清单对不上，可能被换过、删过或后来加进去。请不要相信这些文件：",
    unfit_other: "材料包里有 {{count}} 个文件和清单对不上，可能被换过、删过或后来加进去。请不要相信这些文件：",
  },
  good: {
    title: "这张回执是真的。",
    text: "{{origin}} 记下了下面的内容，写在日志的第 {{number}} 条，此后一个字都没有改过。",
    since: "最迟在 {{moment}}，它就已经在日志里了：当时有见证人看到并签了名。",
  },
  bad: {
    title: "这张回执对不上，请不要相信它。",
  },
  open: {
    title: "现在还不能确定这张回执是不是真的。",
    almost: "内容和机构的签名都对得上，只差见证人的签名。",
  },
  failed: {
    title: "这个文件没法核对。",
  },
  why: {
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
  },
  next: {
    title: "现在可以做什么",
    keep: "先保留好这个文件，不要改动它。",
    again: "请开具的机构重新出一张，再来这里核对。",
    complain: "如果机构不能给您一张对得上的回执，您可以向它投诉，或向监管部门反映（电话 12378）。",
  },
  record: {
    title: "记下的内容",
    subtitle: "这些内容就是当时写进日志的原文，不是本页另外查来的。",
    what: "事情",
    when: "发生时间（机构所记）",
    recorded: "写入时间（机构所记）",
    channel: "渠道",
    product: "产品",
    case: "编号",
    org: "机构",
    actor: "经办",
    subject: "客户代号",
    journey: "业务",
    step: "步骤",
    personal: "个人内容",
    sealed: "已加密，原文不在回执里",
    raw: "看原文（逐字）",
  },
  trail: {
    rule: "依据的规则",
    ruleIs: "{{name}}（{{version}} 版）",
    reasons: "理由",
    inputs: "用到的资料",
    previous: "之前的步骤",
    previousAre_one: "{{count}} 步，各有回执",
    previousAre_other: "{{count}} 步，各有回执",
  },
  proved: {
    title: "证明了什么",
    content: "内容没有被改过：改一个字，核对就通不过。",
    place: "它是日志里的第 {{number}} 条，签名时日志共有 {{size}} 条。谁要改掉它或抽走它，签过名的日志指纹就对不上了。",
    signature: "签名的是 {{origin}}，它不能说没有记过这件事。",
    witness: "{{names}} 在 {{moment}} 见过含有这一条的日志并签了名，所以它最迟在那时已经存在。",
  },
  unproved: {
    title: "没有证明什么",
    truth: "所记的事是否属实、是否完整。回执只证明机构当时是这样记的。",
    time: "事情发生的准确时间。记录里的时间是机构自己写的。",
    noWitness: "何时写入，以及机构给别人看的是不是同一本日志：这张回执上没有见证人的签名，这两点只有机构自己的说法。",
    after: "后来怎样了。例如投诉有没有答复，要看之后的回执。",
    person: "您是不是当事人。回执里只有代号，没有姓名。",
    paper: "凭证上印出来的字。请把它们和上面“记下的内容”对一遍，以这里显示的为准；PDF 自己的签章由阅读器核对。",
  },
  steps: {
    title: "怎样核对的",
    subtitle: "五步，全在您的浏览器里完成。",
    file: { good: "文件完整，读得懂", bad: "文件不完整或被改动过", open: "读文件：没有做到这一步" },
    record: { good: "取出了当时所记的内容", bad: "没能取出所记的内容", open: "取内容：没有做到这一步" },
    place: {
      good: "由内容一步步算出了日志指纹，和签名的那一个相同",
      bad: "由内容算不出签名的那个日志指纹",
      open: "核对位置：没有做到这一步",
    },
    signature: { good: "机构的签名对得上", bad: "机构的签名没有通过", open: "核对签名：没有做到这一步" },
    witnesses: { good: "见证人的签名对得上", bad: "见证人的签名没有通过", open: "核对见证人：没有做到这一步" },
    noWitness: "没有见证人的签名可以核对",
    lacks: {
      log_unknown: "手上没有这家机构的钥匙，签名还没法核对",
      key_unknown: "手上的钥匙都不是签名的那一把，签名还没法核对",
      witness_few: "见证人的签名还不够",
      witness_unchecked: "有见证人的签名，浏览器还核对不了",
      no_opening: "回执里没有附上所记的内容",
      opening_unknown: "所记的内容用了本页还不认识的写法",
    },
    state: { good: "通过", bad: "未通过", open: "未核对" },
    facts: "给懂技术的人",
    index: "序号（从 0 起）",
    size: "日志条数",
    root: "日志指纹（根哈希，base64）",
    path: "路径长度",
    key: "签名的钥匙",
    witness: "见证人",
    unchecked: "有签名但浏览器核对不了",
  },
  keys: {
    title: "凭谁的钥匙核对",
    page: "下面的钥匙来自本页所在的网站。如果您连这个网站也不想轻信，请把它和别处公布的（营业厅、公告、律师手里的）逐字比对，或者粘贴您从别处拿到的钥匙。",
    own: "现在用您粘贴的钥匙核对。",
    log: "日志",
    witness: "见证人",
    needed_zero: "不要求见证人签名。",
    needed_one: "至少要有 {{count}} 位见证人签名。",
    needed_other: "至少要有 {{count}} 位见证人签名。",
    none: "这个网站还没有公布日志的钥匙。您可以粘贴开具机构公布的钥匙来核对。",
    unread: "没能从这个网站取到钥匙。您可以重新载入本页，或者粘贴开具机构公布的钥匙。",
    paste: "换成我从别处拿到的钥匙",
    pasteLabel: "每行一把钥匙：机构的日志钥匙，需要时再加见证人的钥匙（写了几位，就要求几位都签了名）",
    use: "用这些钥匙",
    drop: "改回网站公布的钥匙",
    wrong: "第 {{line}} 行不是一把完整的钥匙。请整行复制，形如：名称+8 位字符+一长串字符。",
    noLog: "这里没有机构的日志钥匙，只有见证人的。请再加上机构的那一把。",
    changed:
      "请留意：这个网站公布的钥匙，和这台设备上一次看到的不同。换钥匙是正常的事，但应当有公告；请先问一问再相信。",
  },
  how: {
    title: "为什么信得过",
    log: "机构把每一件事按顺序写进一本只能往后加的存证日志。整本日志可以算出一个短短的“指纹”，改动其中任何一个字，指纹都会变。",
    sign: "机构定期给指纹签名，再请外面的见证人签名。签出去的指纹收不回来，写过的也就改不了了。",
    receipt: "回执里有当时所记的内容，和从它算到指纹所需的几个数。所以不用问任何人，自己就能核对。",
    offline: "也可以完全离线核对：<code>tiexin trust verify 文件 --vkey 钥匙</code>",
  },
};

const en: typeof zh = {
  between: " ",
  question: "Is this receipt genuine?",
  answer:
    "Put the receipt here and your browser checks it on the spot. The file never leaves your device, and you need no account.",
  enter: "Sign in",
  fromSignIn: "Only want to check a receipt? You need no account for that",
  back: "Back to my pages",
  drop: {
    title: "Drop the file of the receipt here",
    what: "A receipt (.tlog-proof), a certificate (PDF), or all papers of a matter (ZIP). The check happens in your browser; nothing is uploaded.",
    choose: "Choose a file",
    another: "Check another file",
    paste: "Only have the text? Paste it here",
    pasteLabel: "The whole receipt, from the line c2sp.org/tlog-proof@v1 on",
    pasteDo: "Check this text",
    busy: "Checking…",
  },
  link: {
    title: "The code you scanned names entry {{number}} of the log {{origin}}.",
    what: "You can find out right away whether it really is in the log: your browser fetches a few public numbers and computes by itself. The server sees which stretch you look at, and not which entry.",
    look: "Look it up in the public log",
    found:
      "Found: entry {{number}} is the very one of the code. The log has {{size}} entries now, and its signature fits.",
    file: "The code holds a fingerprint and no content. To see what was recorded and check all of it, put the electronic certificate below.",
    same: "It is the record that the code you scanned names.",
    other: "Please note: it is another record than the one the code you scanned names.",
  },
  all_one: "This receipt is genuine.",
  all_other: "All {{count}} receipts are genuine.",
  some: "{{good}} of {{count}} receipts are genuine; please look at the others below.",
  pick: "Choose one for its details",
  listing: {
    fit_one:
      "The {{count}} file of the bundle is as its list says. The seal of the list itself can be checked by a mediator or court with common tools.",
    fit_other:
      "All {{count}} files of the bundle are as its list says. The seal of the list itself can be checked by a mediator or court with common tools.",
    unfit_one:
      "{{count}} file of the bundle differs from its list; it may have been exchanged, removed or added. Please do not rely on it:",
    unfit_other:
      "{{count}} files of the bundle differ from its list; they may have been exchanged, removed or added. Please do not rely on them:",
  },
  good: {
    title: "This receipt is genuine.",
    text: "{{origin}} wrote down what stands below, as entry {{number}} of its log, and not a letter of it has changed since.",
    since: "It was there by {{moment}} at the latest: a witness saw it then and signed.",
  },
  bad: {
    title: "This receipt does not hold. Please do not rely on it.",
  },
  open: {
    title: "It cannot be settled yet whether this receipt is genuine.",
    almost: "Content and the institution's signature hold; only witnesses are lacking.",
  },
  failed: {
    title: "This file cannot be checked.",
  },
  why: {
    proof_form:
      "This is no complete receipt: perhaps only a part was copied, or another program saved it. Try again with the file as you received it.",
    note_form:
      "The signed part of the receipt is incomplete or was changed. Try again with the file as you received it.",
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
    unread:
      "The browser could not read this file. Choose it again; it may have been moved, or another program holds it.",
  },
  next: {
    title: "What you can do now",
    keep: "Keep this file, and leave it as it is.",
    again: "Ask the institution for a new receipt, and check that one here.",
    complain:
      "If the institution cannot give you a receipt that holds, complain to it, or turn to the regulator (telephone 12378).",
  },
  record: {
    title: "What was recorded",
    subtitle: "This is the very text that went into the log; the page did not look it up anywhere.",
    what: "What",
    when: "When it happened (as the institution wrote)",
    recorded: "When it was entered (as the institution wrote)",
    channel: "By which way",
    product: "Product",
    case: "Matter",
    org: "Unit",
    actor: "Handled by",
    subject: "Customer code",
    journey: "Business",
    step: "Step",
    personal: "Personal content",
    sealed: "encrypted; the words themselves are not in the receipt",
    raw: "Show it letter by letter",
  },
  trail: {
    rule: "By which rule",
    ruleIs: "{{name}}, version {{version}}",
    reasons: "Reasons",
    inputs: "From what",
    previous: "Steps before",
    previousAre_one: "{{count}} step, with a receipt of its own",
    previousAre_other: "{{count}} steps, each with a receipt of its own",
  },
  proved: {
    title: "What this proves",
    content: "The content is unchanged: with one letter different, the check would have failed.",
    place:
      "It is entry {{number}} of a log that had {{size}} entries when it was signed. Whoever changed it or took it out would no longer arrive at the signed fingerprint.",
    signature: "{{origin}} signed, and cannot say that it never wrote this down.",
    witness:
      "{{names}} saw a log with this entry in it on {{moment}} and signed, so that it existed by then at the latest.",
  },
  unproved: {
    title: "What this does not prove",
    truth: "That what was written down is true, or is everything. It proves what the institution wrote at the time.",
    time: "Exactly when it happened. The times in the record are the institution's own.",
    noWitness:
      "When it was entered, and that others are shown the same log: no witness signed this receipt, so that for both there is only the institution's word.",
    after: "What happened afterwards. Whether a complaint was answered, for example, stands in later receipts.",
    person: "That you are the person concerned. The receipt holds a code and no name.",
    paper:
      "The words printed on the certificate. Compare them with what was recorded; what this page shows is what counts. The seal of the PDF itself is checked by your PDF reader.",
  },
  steps: {
    title: "How it was checked",
    subtitle: "Five steps, all of them in your browser.",
    file: {
      good: "The file is complete and readable",
      bad: "The file is incomplete or was changed",
      open: "Reading the file: not reached",
    },
    record: {
      good: "The recorded content was taken out",
      bad: "The recorded content could not be taken out",
      open: "Taking out the content: not reached",
    },
    place: {
      good: "The content leads, step by step, to the very fingerprint that was signed",
      bad: "The content does not lead to the fingerprint that was signed",
      open: "Checking its place: not reached",
    },
    signature: {
      good: "The signature of the institution fits",
      bad: "The signature of the institution did not pass",
      open: "Checking the signature: not reached",
    },
    witnesses: {
      good: "The signatures of witnesses fit",
      bad: "The signatures of witnesses did not pass",
      open: "Checking the witnesses: not reached",
    },
    noWitness: "There was no witness's signature to check",
    lacks: {
      log_unknown: "No key of this institution is at hand to check its signature",
      key_unknown: "None of the keys at hand is the one that signed",
      witness_few: "Too few witnesses have signed",
      witness_unchecked: "Witnesses signed in a way browsers cannot check",
      no_opening: "The receipt does not carry what was recorded",
      opening_unknown: "What was recorded is written in a form this page does not know",
    },
    state: { good: "passed", bad: "not passed", open: "not checked" },
    facts: "For technical readers",
    index: "Index (from 0)",
    size: "Size of the log",
    root: "Root hash (base64)",
    path: "Length of the path",
    key: "Key that signed",
    witness: "Witness",
    unchecked: "Signed, but browsers cannot check it",
  },
  keys: {
    title: "Whose key is trusted",
    page: "The keys below come from the website of this page. If you would rather not take its word either, compare them letter by letter with the ones published elsewhere (in a branch, in a notice, by your lawyer), or paste a key that you received another way.",
    own: "Receipts are now checked with the keys you pasted.",
    log: "Log",
    witness: "Witness",
    needed_zero: "No witness has to sign.",
    needed_one: "At least {{count}} witness must have signed.",
    needed_other: "At least {{count}} witnesses must have signed.",
    none: "This website has not published a key of its log yet. Paste the key that the institution publishes, and check with that.",
    unread:
      "The keys of this website could not be fetched. Load the page again, or paste the key that the institution publishes.",
    paste: "Use a key that I received another way",
    pasteLabel:
      "One key a line: the institution's own, and those of witnesses if you wish (every witness you list must have signed)",
    use: "Use these keys",
    drop: "Back to the keys of this website",
    wrong: "Line {{line}} is no complete key. Copy the whole line; it looks like name+8 signs+a long row of signs.",
    noLog: "There are keys of witnesses, but none of the institution. Add that one too.",
    changed:
      "Please note: this website publishes another key than this device saw last time. Keys do change, but there should be a notice about it; ask before you rely on it.",
  },
  how: {
    title: "Why one can rely on this",
    log: "The institution writes down everything, in order, in a log that can only grow. From the whole log a short fingerprint can be computed; change one letter anywhere, and the fingerprint is another.",
    sign: "The institution signs the fingerprint at short intervals and has witnesses outside sign it too. A fingerprint once given out cannot be taken back, so that old entries cannot be altered.",
    receipt:
      "The receipt holds what was recorded, and the few numbers that lead from there to the fingerprint. So you can check it yourself, without asking anybody.",
    offline: "It also works without any network: <code>tiexin trust verify FILE --vkey KEY</code>",
  },
};

export const texts = { "zh-CN": zh, en };
