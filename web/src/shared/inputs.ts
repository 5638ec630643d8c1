/** What a decision looked at, by the name its trail gives it. */
export const zh = {
  credit_score: "信用评分",
  debt_to_income_per_cent: "每月还款占收入的比例（%）",
  loan_to_value_per_cent: "贷款占房价的比例（%）",
  debt_to_turnover_per_cent: "负债占营业额的比例（%）",
  tax_grade_points: "纳税信用等级分",
  months_in_business: "经营月数",
  covered_share_per_cent: "保单承担的比例（%）",
  days_until_reported: "出险到报案的天数",
  years_until_needed: "多少年内要用这笔钱",
};

export const en: typeof zh = {
  credit_score: "Credit score",
  debt_to_income_per_cent: "Monthly repayment as a share of income (%)",
  loan_to_value_per_cent: "Loan as a share of the home's price (%)",
  debt_to_turnover_per_cent: "Debt as a share of turnover (%)",
  tax_grade_points: "Points of the tax grade",
  months_in_business: "Months in business",
  covered_share_per_cent: "Share that the policy covers (%)",
  days_until_reported: "Days from the event to the report",
  years_until_needed: "Years until the money is needed",
};
