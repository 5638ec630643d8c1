/** Words of the customer's own page: plain, warm, without jargon. */
const zh = {
  question: "{{name}}，您好。我们之间的往来都记在这里。",
  answer_one: "您和我们一共联系过 {{count}} 次。",
  answer_other: "您和我们一共联系过 {{count}} 次。",
  nothing: "这里还没有您的记录。您来电、来网点或留言之后，就能在这里看到。",
  waiting_one: "您有 {{count}} 件投诉，我们还没有答复。",
  waiting_other: "您有 {{count}} 件投诉，我们还没有答复。",
  noneWaiting: "没有等着答复的投诉。",
  earlier: "看以前的",
  about: "，关于{{product}}",
  step: "您的业务办到了这一步：{{step}}",
  answered: "我们在 {{day}} 给了您答复。",
  notAnswered: "我们正在办理，会给您答复。",
  kind: {
    call_ended: "您给我们打了电话",
    chat_ended: "您在线咨询了我们",
    message_received: "您给我们留了言",
    app_session_ended: "您用了手机银行",
    branch_ticket_taken: "您在网点取了号",
    branch_ticket_called: "网点叫到了您的号",
    branch_ticket_served: "您在网点办了业务",
    branch_ticket_abandoned: "您取了号，没有等到叫号就离开了",
    complaint_received: "您提出了投诉",
    complaint_answered: "我们答复了您的投诉",
    complaint_disputed: "您告诉了我们对答复的看法",
    complaint_recorded: "我们登记了您的投诉",
    ticket_updated: "您的事项有了新进展",
    survey_answered: "您回答了我们的问卷",
    other: "我们和您有过一次联系",
  },
  complain: {
    title: "想投诉，怎么办？",
    usual: "您可以打我们的客服电话、到任何一家网点，或请我们的工作人员替您记下。投诉不收费，也不会影响您办业务。",
    rights:
      "我们最晚 15 天内答复您；事情复杂时会提前告诉您还要多久。对答复不满意，您可以要求再查一次，也可以向监管部门反映（电话 12378）。",
  },
};

const en: typeof zh = {
  question: "Hello, {{name}}. Here is what passed between you and us.",
  answer_one: "We have been in touch {{count}} time.",
  answer_other: "We have been in touch {{count}} times.",
  nothing: "There is nothing here yet. After you call, visit or write to us, you will find it on this page.",
  waiting_one: "{{count}} complaint of yours still waits for our answer.",
  waiting_other: "{{count}} complaints of yours still wait for our answer.",
  noneWaiting: "No complaint is waiting for an answer.",
  earlier: "Show what came before",
  about: ", about: {{product}}",
  step: "Your matter came to this step: {{step}}",
  answered: "We answered you on {{day}}.",
  notAnswered: "We are working on it and will answer you.",
  kind: {
    call_ended: "You called us",
    chat_ended: "You wrote with us in the chat",
    message_received: "You left us a message",
    app_session_ended: "You used our app",
    branch_ticket_taken: "You took a queue ticket in a branch",
    branch_ticket_called: "Your number was called in a branch",
    branch_ticket_served: "You were served in a branch",
    branch_ticket_abandoned: "You took a queue ticket and left before your number came",
    complaint_received: "You complained",
    complaint_answered: "We answered your complaint",
    complaint_disputed: "You told us what you think of our answer",
    complaint_recorded: "We wrote down your complaint",
    ticket_updated: "There was news in your matter",
    survey_answered: "You answered our questions",
    other: "We were in touch with you",
  },
  complain: {
    title: "How can I complain?",
    usual:
      "Call our service line, go to any branch, or ask one of us to write it down for you. Complaining costs nothing, and it never affects the business you do with us.",
    rights:
      "You hear from us within 15 days; if it takes longer, we tell you beforehand. If our answer does not satisfy you, ask for a second look, or turn to the regulator (telephone 12378).",
  },
};

export const texts = { "zh-CN": zh, en };
