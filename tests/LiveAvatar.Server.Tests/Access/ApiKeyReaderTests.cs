using LiveAvatar.Server.Access;
using LiveAvatar.Server.Configuration;

namespace LiveAvatar.Server.Tests.Access;

[Trait("Category", "unit")]
public sealed class ApiKeyReaderTests : IDisposable
{
    private const string Key = "0123456789abcdef";
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Keys_AreReadFromFileOrSettings()
    {
        const string List = $$"""[{ "name": "studio", "key": "{{Key}}", "roles": ["drive", "watch"] }, /* later */ { "name": "ops", "key": "{{Key}}2", "roles": ["admin"] },]""";
        File.WriteAllText(_file, List);
        var fromFile = OptionLoader.Load([], name => name == "LIVEAVATAR_API_KEYS" ? _file : null, new Dictionary<string, string>(), out var problems);
        Assert.Empty(problems);
        File.WriteAllText(_file, $$"""{ "liveAvatar": { "apiKeys": {{List}} } }""");
        var fromSettings = OptionLoader.Load([_file], _ => null, new Dictionary<string, string>(), out problems);
        Assert.Empty(problems);

        Assert.All([fromFile, fromSettings], options =>
        {
            Assert.Equal([("studio", AccessRole.Drive | AccessRole.Watch), ("ops", AccessRole.Admin)], options.ApiKeys.Select(key => (key.Name, key.Roles)));
            Assert.Equal("studio", ApiKey.Find(options.ApiKeys, Key)?.Name);
            Assert.Null(ApiKey.Find(options.ApiKeys, Key[..^1]));
            Assert.Null(ApiKey.Find(options.ApiKeys, Key.ToUpperInvariant()));
        });
    }

    [Theory]
    [InlineData("[]", "there is no key in the list")]
    [InlineData("{}", "keys are a list")]
    [InlineData("[1]", "key 1: is an object with name, key, roles and nothing else")]
    [InlineData("""[{ "name": "a", "key": "0123456789abcdef", "role": ["drive"] }]""", "key 1: is an object with name, key, roles and nothing else")]
    [InlineData("""[{ "key": "0123456789abcdef", "roles": ["drive"] }]""", "key 1: \"name\" is missing")]
    [InlineData("""[{ "name": "", "key": "0123456789abcdef", "roles": ["drive"] }]""", "\"name\" has 1 to 64 characters")]
    [InlineData("""[{ "name": "a\nb", "key": "0123456789abcdef", "roles": ["drive"] }]""", "\"name\" has 1 to 64 characters")]
    [InlineData("""[{ "name": "a", "roles": ["drive"] }]""", "\"key\" is missing")]
    [InlineData("""[{ "name": "a", "key": "0123456789abcde", "roles": ["drive"] }]""", "key 1 (\"a\"): \"key\" has at least 16 characters")]
    [InlineData("""[{ "name": "a", "key": "0123456789 abcdef", "roles": ["drive"] }]""", "A-Z a-z 0-9")]
    [InlineData("""[{ "name": "a", "key": "0123456789abcdef", "roles": [] }]""", "one or more of drive, watch, control, admin")]
    [InlineData("""[{ "name": "a", "key": "0123456789abcdef", "roles": "drive" }]""", "\"roles\" is a list of drive, watch, control, admin")]
    [InlineData("""[{ "name": "a", "key": "0123456789abcdef", "roles": ["Drive"] }]""", "'Drive' is not a role. There are: drive, watch, control, admin")]
    [InlineData("""[{ "name": "a", "key": "0123456789abcdef", "roles": ["none"] }]""", "'none' is not a role")]
    [InlineData("""[{ "name": "a", "key": "0123456789abcdef", "roles": ["drive"] }, { "name": "a", "key": "0123456789abcdef2", "roles": ["drive"] }]""", "key 2: name and key must differ")]
    [InlineData("""[{ "name": "a", "key": "0123456789abcdef", "roles": ["drive"] }, { "name": "b", "key": "0123456789abcdef", "roles": ["drive"] }]""", "key 2: name and key must differ")]
    [InlineData("[", "cannot be read")]
    public void WrongList_SaysWhatIsAllowed(string json, string says)
    {
        File.WriteAllText(_file, json);
        OptionLoader.Load([], _ => null, new Dictionary<string, string> { ["api-keys"] = _file }, out var problems);
        var problem = Assert.Single(problems);
        Assert.StartsWith($"--api-keys: '{_file}'", problem, StringComparison.Ordinal);
        Assert.Contains(says, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789", problem, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem);
    }

    [Fact]
    public void WrongKeyInSettings_IsNamed()
    {
        File.WriteAllText(_file, """{ "liveAvatar": { "apiKeys": [{ "name": "a", "key": "short", "roles": ["drive"] }] } }""");
        OptionLoader.Load([_file], _ => null, new Dictionary<string, string>(), out var problems);

        Assert.StartsWith($"{_file}: \"apiKeys\": key 1 (\"a\"): \"key\" has at least 16", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("\"TRUE\"", true)]
    public void OpenAccess_IsASwitch(string json, bool open)
    {
        File.WriteAllText(_file, $$"""{ "liveAvatar": { "openAccess": {{json}} } }""");
        Assert.Equal(open, OptionLoader.Load([_file], _ => null, new Dictionary<string, string>(), out var problems).OpenAccess);
        Assert.Empty(problems);
    }

    [Fact]
    public void RandomKeys_AreLongAndDiffer()
    {
        var keys = Enumerable.Range(0, 100).Select(_ => ApiKey.Random()).ToList();

        Assert.Equal(100, keys.Distinct().Count());
        Assert.All(keys, key => Assert.Matches("^la_[A-Za-z0-9_-]{43}$", key));
    }
}
