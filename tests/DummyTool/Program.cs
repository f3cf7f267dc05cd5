// Verbs: echo TEXT... | sleep SECONDS | exit CODE. Each ends with exit code 0 unless it says otherwise.
switch (args)
{
    case ["echo", .. var words]:
        Console.WriteLine(string.Join(' ', words));
        return 0;
    case ["sleep", var seconds]:
        Thread.Sleep(TimeSpan.FromSeconds(double.Parse(seconds)));
        return 0;
    case ["exit", var code]:
        return int.Parse(code);
    default:
        Console.Error.WriteLine("usage: dummy-tool echo TEXT... | sleep SECONDS | exit CODE");
        return 64;
}
