/** A small file to try an import with: a hotline's calls, two rows without a readable time on purpose. */
export const exampleName = "tiexin-example.csv";

export const example = `call_id,called_at,customer,case_no,step,agent,result,queue_s,talk_s
1001,2026-03-02 09:00:10,C-201,M-1,report lost card,A-07,answered,12,240
1002,2026-03-02 09:03:00,C-202,M-2,report lost card,A-03,answered,35,200
1003,2026-03-02 09:10:30,C-203,M-3,report lost card,,abandoned,95,0
1004,2026-03-02 09:21:00,C-203,M-3,report lost card,A-07,answered,18,260
1005,yesterday,C-204,M-4,report lost card,A-05,answered,22,180
1006,2026-03-02 10:02:00,C-201,M-1,confirm address,A-07,answered,40,120
1007,,C-205,M-5,report lost card,A-03,answered,31,210
1008,2026-03-03 09:15:00,C-202,M-2,new card sent,A-03,answered,9,95
`;

/** Let the browser save a text as a file. */
export function saveText(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([`\ufeff${text}`], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
