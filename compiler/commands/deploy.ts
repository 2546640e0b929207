export const command: any = {summary:"x",usage:"",help:[],options:{},run(){}}
